package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.placement.Feasibility;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import io.jenkins.plugins.gpulease.engine.placement.RequestMatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** What keeps a request from the devices of its node or its enclosing lease, for people. Called under the registry's lock; changes nothing. */
final class Explanation {

    private static final int MAX_DEVICES = 8;

    private final Waiter waiter;
    private final DevicePool pool;
    private final Line line;
    private final Placement placement;
    private final Instant now;
    private final List<String> lines = new ArrayList<>();

    private Explanation(Waiter waiter, Placement placement, Instant now) {
        this.waiter = waiter;
        this.pool = waiter.pool();
        this.line = Line.alone(waiter);
        this.placement = placement;
        this.now = now;
    }

    /** At most 11 lines: what is idle, who has the rest. */
    @NonNull
    static List<String> of(@NonNull Waiter waiter, @NonNull Placement placement, @NonNull Instant now) {
        Explanation explanation = new Explanation(waiter, placement, now);
        explanation.addObstacles();
        return explanation.lines;
    }

    private void addObstacles() {
        String obstacle = pool.node().obstacle();
        if (obstacle != null) {
            lines.add(pool.node().name() + " can't be asked now: " + obstacle);
            return;
        }
        List<DeviceSlot> slots = slots();
        Set<String> idle = pool.idle();
        Set<String> available = waiter.devices().shared() ? pool.supply(true).roomFor(waiter.devices().minMemory()).keySet() : idle;
        long idleCount = slots.stream()
                .filter(slot -> idle.contains(slot.device().uuid()))
                .count();
        lines.add(pool.title() + ": " + idleCount + " of " + slots.size() + (slots.size() == 1 ? " GPU" : " GPUs")
                + " idle; " + waiter.devices() + " asked");
        addDevices(slots, available);
        addReservation();
    }

    /** The pool's devices, suitable ones first. */
    private List<DeviceSlot> slots() {
        Collection<DeviceSlot> all = pool.node().slots().all();
        List<String> own = pool.isOfLease() ? pool.owner().uuids() : null;
        List<DeviceSlot> slots = new ArrayList<>(all.stream()
                .filter(slot -> own == null ? slot.device().isLeasable() && !slot.isGone()
                        : own.contains(slot.device().uuid()))
                .toList());
        slots.sort((one, other) -> Boolean.compare(isSuitable(other), isSuitable(one)));
        return slots;
    }

    private boolean isSuitable(DeviceSlot slot) {
        return line.suitable(pool).contains(slot.device().uuid());
    }

    private void addDevices(List<DeviceSlot> slots, Set<String> available) {
        RequestMatcher matcher = new RequestMatcher(waiter.devices(), pool.inventory());
        List<String> notes = new ArrayList<>();
        for (DeviceSlot slot : slots) {
            List<String> mismatches = slot.isGone() ? List.of() : matcher.mismatches(slot.device());
            if (!mismatches.isEmpty()) {
                notes.add(Feasibility.name(slot.device()) + " " + String.join("; ", mismatches));
            } else if (!available.contains(slot.device().uuid())) {
                notes.add(Feasibility.name(slot.device()) + ": " + standing(slot));
            } else if (waiter.lack(slot.device().uuid()) != null) {
                notes.add(Feasibility.name(slot.device()) + ": " + waiter.lack(slot.device().uuid()));
            }
        }
        lines.addAll(notes.size() > MAX_DEVICES ? notes.subList(0, MAX_DEVICES - 1) : notes);
        if (notes.size() > MAX_DEVICES) {
            lines.add("and " + (notes.size() - MAX_DEVICES + 1) + " more that can't be had now");
        }
    }

    private String standing(DeviceSlot slot) {
        Device device = slot.device();
        if (slot.isGone()) {
            return "has vanished from " + pool.node().name();
        }
        if (pool.isOfLease()) {
            return standingInside(device);
        }
        if (slot.isShared()) {
            return standingShared(slot);
        }
        return slot.isHeld() ? standing(slot.holdings().get(0)) + drained(slot) : aside(slot);
    }

    /** What is to be said of one that is drained once who has it is done. */
    private static String drained(DeviceSlot slot) {
        return slot.drained() == null ? "" : "; then drained: " + slot.drained();
    }

    private String standingShared(DeviceSlot slot) {
        List<String> holders = slot.holdings().stream().map(holding -> holding.lease().holder().toString()).toList();
        String names = String.join(", ", holders.subList(0, Math.min(Explanations.MAX_NAMES, holders.size())));
        String more = holders.size() > Explanations.MAX_NAMES ? " and " + (holders.size() - Explanations.MAX_NAMES) + " more" : "";
        DeviceView view = slot.view(null, pool.node().margin());
        return "shared by " + names + more + ": " + slot.promised() + " of " + slot.device().memory() + " promised"
                + (view.reason() == null ? "" : "; takes nobody else: " + view.reason()) + drained(slot);
    }

    private String aside(DeviceSlot slot) {
        if (slot.isIdle()) {
            return "too little of its memory may be shared";
        }
        DeviceView view = slot.view(null, pool.node().margin());
        return switch (view.state()) {
            case OCCUPIED -> "occupied: " + view.reason();
            case DRAINED -> "drained: " + view.reason();
            default -> "in quarantine: " + view.reason();
        };
    }

    private String standingInside(Device device) {
        for (Holding holding : pool.taken()) {
            if (holding.uuids().contains(device.uuid())) {
                return standing(holding);
            }
        }
        String unfit = pool.unfit(device.uuid());
        return unfit == null ? "in quarantine after its lease: " + device.health() : "can't be used now: " + unfit;
    }

    private String standing(Holding holding) {
        Holder holder = holding.lease().holder();
        return switch (holding.phase()) {
            case OFFERED -> holding.waiter() == waiter ? "being verified" : "being verified for " + holder;
            case LEASED -> "leased by " + holder + " for " + Explanations.age(holding.lease().grantedAt(), now);
            case WITHDRAWN, RETURNING -> "being checked after its lease to " + holder;
        };
    }

    private void addReservation() {
        if (!waiter.isOffered() && line.choose(placement, pool, pool.supply(waiter.devices().shared())).isPresent()) {
            lines.add("Idle ones are kept for requests that came before and were overtaken too often");
        }
    }
}
