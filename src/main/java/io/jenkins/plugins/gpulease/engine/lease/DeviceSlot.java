package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A device of a node, who has it, and why it is set aside. Either one holding has all of it, or several share it. Guarded by the
 * registry's lock.
 */
final class DeviceSlot {

    private final DeviceSlots slots;
    private final List<Holding> holdings = new ArrayList<>(1);
    private Device device;
    private boolean gone;
    private Aside aside;
    private String drained;
    private DeviceState state;
    private String lease;
    private Instant since;

    /** Not handed out until somebody has seen it clean; sickness is no part of it, but the device's health. */
    private record Aside(DeviceState state, String reason) {}

    /** @param slots told of each change */
    DeviceSlot(DeviceSlots slots, Device device, boolean gone) {
        this.slots = slots;
        this.device = device;
        this.gone = gone;
    }

    Device device() {
        return device;
    }

    boolean isHeld() {
        return !holdings.isEmpty();
    }

    boolean isHeldBy(Holding holding) {
        return holdings.contains(holding);
    }

    /** Who has it: one, or several that share it; oldest first. */
    List<Holding> holdings() {
        return holdings;
    }

    /** Whether who has it shares it. */
    boolean isShared() {
        return isHeld() && holdings.get(0).isShared();
    }

    void take(Holding newHolding) {
        if (!newHolding.isShared() || !isShared()) {
            holdings.clear();
        }
        holdings.add(newHolding);
        slots.changed(this);
    }

    void giveBack(Holding oldHolding) {
        holdings.remove(oldHolding);
        slots.changed(this);
    }

    void seen(Device newDevice) {
        device = newDevice;
        gone = false;
        slots.changed(this);
    }

    void vanished() {
        gone = true;
        slots.changed(this);
    }

    boolean isGone() {
        return gone;
    }

    /** @param reason why a person has taken it out of service; null if nobody has */
    void drain(@CheckForNull String reason) {
        if (!Objects.equals(drained, reason)) {
            drained = reason;
            slots.changed(this);
        }
    }

    /** Why a person has taken it out of service; null if nobody has. */
    @CheckForNull
    String drained() {
        return drained;
    }

    boolean isHealthy() {
        return !gone && device.health().isOk();
    }

    /** Its lease may go on using it, or it will be idle in time unless it is drained, as far as is known. */
    boolean isUsable() {
        return isHealthy() && (isHeld() && !isShared() || aside == null);
    }

    boolean isIdle() {
        return !isHeld() && aside == null && drained == null && isHealthy();
    }

    /** Nobody has it, or others that share it would take one more. */
    boolean isShareable() {
        return (!isHeld() || isShared()) && aside == null && drained == null && isHealthy() && device.memory() != null;
    }

    MemorySize promised() {
        return holdings.stream().map(holding -> holding.lease().minMemory()).reduce(MemorySize.ZERO, MemorySize::plus);
    }

    /** Memory that may be promised; nothing if the driver doesn't tell how much there is. */
    MemorySize room(MemorySize margin) {
        MemorySize total = device.memory() == null ? MemorySize.ZERO : device.memory();
        return total.minus(margin).minus(promised());
    }

    /** Takes what a look at the device says while nobody has it, or who shares it. One in quarantine stays there until it is clean. */
    void looked(Verdict verdict) {
        boolean quarantined = aside != null && aside.state() == DeviceState.QUARANTINED;
        switch (verdict.condition()) {
            case CLEAN -> recovered();
            case OCCUPIED ->
                aside = new Aside(quarantined ? DeviceState.QUARANTINED : DeviceState.OCCUPIED, verdict.reason());
            case INSUFFICIENT -> {} // for one request; others may have it
            case SICK -> sickened(verdict.reason());
        }
        slots.changed(this);
    }

    private void recovered() {
        aside = null;
        if (!device.health().isOk()) {
            setHealth(Health.OK);
        }
    }

    /**
     * Takes what a look at the device says at the end of a lease. Whatever is left over is the lease's. One that shared the device
     * knows nothing of what another one has left there.
     */
    void cameBack(Holding holding, Verdict verdict) {
        switch (verdict.condition()) {
            case CLEAN, INSUFFICIENT -> aside = holding.isShared() ? aside : null;
            case OCCUPIED -> aside = new Aside(DeviceState.QUARANTINED, verdict.reason());
            case SICK -> sickened(verdict.reason());
        }
        slots.changed(this);
    }

    void sickened(String problem) {
        setHealth(Health.sick(problem));
        slots.changed(this);
    }

    private void setHealth(Health health) {
        device = device.withHealth(health);
        slots.healthChanged();
    }

    /**
     * Remembers since when it is in its state.
     *
     * @param obstacle why the node can't be asked; null if it can
     */
    void note(@CheckForNull String obstacle, Instant now) {
        DeviceState newState = state(obstacle);
        String newLease = leaseId();
        if (newState != state || !Objects.equals(newLease, lease)) {
            state = newState;
            lease = newLease;
            since = now;
        }
    }

    @CheckForNull
    private String leaseId() {
        return isHeld() ? holdings.get(0).id() : null;
    }

    /**
     * How it is now, and since when it was so when that was noted last.
     *
     * @param obstacle why the node can't be asked; null if it can
     * @param margin memory that isn't promised to who shares it
     */
    DeviceView view(@CheckForNull String obstacle, MemorySize margin) {
        DeviceState current = state(obstacle);
        Sharing sharing = isShared() ? sharing(margin) : null;
        return new DeviceView(device, current, reason(current, obstacle), leaseId(), since, sharing, drained);
    }

    private Sharing sharing(MemorySize margin) {
        return new Sharing(holdings.stream().map(Holding::id).toList(), promised(), room(margin));
    }

    private DeviceState state(@CheckForNull String obstacle) {
        if (isShared()) {
            return holdings.stream().map(DeviceSlot::state).min(DeviceSlot::mostInUse).orElseThrow();
        }
        if (isHeld()) {
            return state(holdings.get(0));
        }
        if (obstacle != null) {
            return DeviceState.UNKNOWN;
        }
        if (!device.health().isOk()) {
            return DeviceState.QUARANTINED;
        }
        return aside != null ? aside.state() : drained != null ? DeviceState.DRAINED : DeviceState.IDLE;
    }

    private static DeviceState state(Holding holding) {
        return switch (holding.phase()) {
            case OFFERED -> DeviceState.OFFERED;
            case LEASED -> DeviceState.LEASED;
            case WITHDRAWN, RETURNING -> DeviceState.RETURNING;
        };
    }

    /** What is leased at all is leased, whatever else is under way there. */
    private static int mostInUse(DeviceState one, DeviceState other) {
        int leasedFirst = Boolean.compare(other == DeviceState.LEASED, one == DeviceState.LEASED);
        return leasedFirst != 0 ? leasedFirst : one.compareTo(other);
    }

    private String reason(DeviceState current, @CheckForNull String obstacle) {
        return switch (current) {
            case UNKNOWN -> obstacle;
            case OCCUPIED, QUARANTINED -> asideReason();
            case DRAINED -> drained;
            case IDLE, OFFERED, LEASED, RETURNING -> isShared() ? asideReason() : null;
        };
    }

    /** Why it isn't handed out; null if it is. */
    @CheckForNull
    private String asideReason() {
        if (!device.health().isOk()) {
            return device.health().problem();
        }
        return aside == null ? null : aside.reason();
    }
}
