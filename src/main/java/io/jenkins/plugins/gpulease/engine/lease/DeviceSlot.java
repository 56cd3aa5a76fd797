package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.time.Instant;
import java.util.Objects;

/** A device of a node, who has it, and why it is set aside. Guarded by the registry's lock. */
final class DeviceSlot {

    private Device device;
    private boolean gone;
    private Holding holding;
    private Aside aside;
    private DeviceView view;

    /** Not handed out until somebody has seen it clean; sickness is no part of it, but the device's health. */
    private record Aside(DeviceState state, String reason) {}

    DeviceSlot(Device device, boolean gone) {
        this.device = device;
        this.gone = gone;
    }

    Device device() {
        return device;
    }

    @CheckForNull
    Holding holding() {
        return holding;
    }

    void take(Holding newHolding) {
        holding = newHolding;
    }

    void giveBack(Holding oldHolding) {
        if (holding == oldHolding) {
            holding = null;
        }
    }

    void seen(Device newDevice) {
        device = newDevice;
        gone = false;
    }

    void vanished() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }

    boolean isHealthy() {
        return !gone && device.health().isOk();
    }

    /** It will be idle in time, as far as is known. */
    boolean isUsable() {
        return isHealthy() && (holding != null || aside == null);
    }

    boolean isIdle() {
        return holding == null && aside == null && isHealthy();
    }

    /** Takes what a look at the device says while nobody has it. A device in quarantine stays there until it is clean. */
    void looked(Verdict verdict) {
        boolean quarantined = aside != null && aside.state() == DeviceState.QUARANTINED;
        switch (verdict.condition()) {
            case CLEAN -> {
                aside = null;
                device = device.health().isOk() ? device : device.withHealth(Health.OK);
            }
            case OCCUPIED ->
                aside = new Aside(quarantined ? DeviceState.QUARANTINED : DeviceState.OCCUPIED, verdict.reason());
            case INSUFFICIENT -> {} // for one request; others may have it
            case SICK -> sickened(verdict.reason());
        }
    }

    /** Takes what a look at the device says at the end of a lease. Whatever is left over is the lease's. */
    void cameBack(Verdict verdict) {
        switch (verdict.condition()) {
            case CLEAN, INSUFFICIENT -> aside = null;
            case OCCUPIED -> aside = new Aside(DeviceState.QUARANTINED, verdict.reason());
            case SICK -> sickened(verdict.reason());
        }
    }

    void sickened(String problem) {
        device = device.withHealth(Health.sick(problem));
    }

    /** @param obstacle why the node can't be asked; null if it can */
    DeviceView view(@CheckForNull String obstacle, Instant now) {
        DeviceState state = state(obstacle);
        String reason = reason(state, obstacle);
        String lease = holding == null ? null : holding.id();
        if (view == null || view.state() != state || !Objects.equals(view.lease(), lease)) {
            view = new DeviceView(device, state, reason, lease, now);
        } else if (view.device() != device || !Objects.equals(view.reason(), reason)) {
            view = new DeviceView(device, state, reason, lease, view.since());
        }
        return view;
    }

    private DeviceState state(@CheckForNull String obstacle) {
        if (holding != null) {
            return switch (holding.phase()) {
                case OFFERED -> DeviceState.OFFERED;
                case LEASED -> DeviceState.LEASED;
                case WITHDRAWN, RETURNING -> DeviceState.RETURNING;
            };
        }
        if (obstacle != null) {
            return DeviceState.UNKNOWN;
        }
        if (!device.health().isOk()) {
            return DeviceState.QUARANTINED;
        }
        return aside == null ? DeviceState.IDLE : aside.state();
    }

    private String reason(DeviceState state, @CheckForNull String obstacle) {
        return switch (state) {
            case UNKNOWN -> obstacle;
            case OCCUPIED, QUARANTINED -> device.health().isOk() ? aside.reason() : device.health().problem();
            case IDLE, OFFERED, LEASED, RETURNING -> null;
        };
    }
}
