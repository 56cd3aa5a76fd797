package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.RequestMatcher;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Devices that requests compete for, and the order in which they wait: those of a node, or those of a lease, out of which
 * sub-leases are taken. Guarded by the registry's lock.
 */
final class DevicePool {

    private static final int MAX_MATCHES = 100;

    private final NodePool node;
    private final Holding owner;
    private final NavigableSet<Waiter> order = new TreeSet<>(Waiter.ORDER);
    private final Set<Waiter> impatient = new LinkedHashSet<>();
    private final Set<Waiter> lacking = new HashSet<>(0);
    private final Set<Waiter> sharing = new HashSet<>(0);
    private final Set<Holding> taken = new LinkedHashSet<>();
    private final Map<String, Shunned> unfit = new HashMap<>(0);
    private final Map<DeviceRequest, Set<String>> matches = new HashMap<>(0);
    private Inventory matched;

    /** @param owner the lease whose devices they are; null for the node's */
    DevicePool(NodePool node, @CheckForNull Holding owner) {
        this.node = node;
        this.owner = owner;
    }

    NodePool node() {
        return node;
    }

    @CheckForNull
    Holding owner() {
        return owner;
    }

    boolean isOfLease() {
        return owner != null;
    }

    /** For people: whose devices they are. */
    String title() {
        return owner == null ? node.name() : "The enclosing lease on " + node.name();
    }

    NavigableSet<Waiter> order() {
        return order;
    }

    /** Waiters that would rather have nothing than wait. */
    Collection<Waiter> impatient() {
        return List.copyOf(impatient);
    }

    /** What was taken out of it: offered, leased, and for a node returning. */
    Collection<Holding> taken() {
        return List.copyOf(taken);
    }

    void enter(Waiter waiter) {
        order.add(waiter);
        if (waiter.request().onlyIfIdle()) {
            impatient.add(waiter);
        }
        if (waiter.devices().shared()) {
            sharing.add(waiter);
        }
    }

    void leave(Waiter waiter) {
        order.remove(waiter);
        impatient.remove(waiter);
        sharing.remove(waiter);
        lacking.remove(waiter);
    }

    /** Leaves a device that has too little memory free for a waiter to others for a while. */
    void lacks(Waiter waiter, String uuid, String reason, Instant until) {
        waiter.lacks(uuid, reason, until);
        lacking.add(waiter);
    }

    /**
     * Has devices tried again that were shunned for long enough.
     *
     * @return whether there are any
     */
    boolean tryShunnedAgain(Instant now) {
        boolean any = unfit.values().removeIf(shunned -> shunned.isOver(now));
        for (Waiter waiter : lacking) {
            any |= waiter.tryShunnedAgain(now);
        }
        lacking.removeIf(waiter -> !waiter.isLacking());
        return any;
    }

    void take(Holding holding) {
        taken.add(holding);
        if (owner == null) {
            node.take(holding);
        }
    }

    void giveBack(Holding holding) {
        if (taken.remove(holding) && owner == null) {
            node.giveBack(holding);
        }
    }

    /** Keeps a lease's device from sub-leases for a while, or until it is seen clean or the node's devices are read again. */
    void setUnfit(String uuid, String reason, Instant until) {
        unfit.put(uuid, new Shunned(reason, until));
    }

    void setFit(String uuid) {
        unfit.remove(uuid);
    }

    void setAllFit() {
        unfit.clear();
    }

    /** Why a lease's device isn't given to sub-leases; null if it is. */
    @CheckForNull
    String unfit(String uuid) {
        Shunned shunned = unfit.get(uuid);
        return shunned == null ? null : shunned.reason();
    }

    /** Whether a device will be idle in time. */
    boolean isUsable(String uuid) {
        DeviceSlot slot = node.slot(uuid);
        return slot != null && slot.isUsable() && !unfit.containsKey(uuid);
    }

    boolean isHealthy(String uuid) {
        DeviceSlot slot = node.slot(uuid);
        return slot != null && slot.isHealthy();
    }

    /** UUIDs of the devices that may be handed out now. */
    Set<String> idle() {
        if (owner == null) {
            return node.idle();
        }
        Set<String> idle = new LinkedHashSet<>(owner.uuids());
        taken.forEach(holding -> holding.uuids().forEach(idle::remove));
        idle.removeIf(uuid -> !isUsable(uuid));
        return idle;
    }

    /** What may be handed out now; of what is shared, only if somebody waits for that. */
    Supply supply() {
        return owner != null || sharing.isEmpty() ? Supply.of(idle()) : new Supply(node.idle(), node.room());
    }

    /** UUIDs of the devices that match a request, and in which it fits if it shares them; most requests are like others, so the answers are kept. */
    Set<String> suitable(DeviceRequest request) {
        if (owner != null) {
            return new RequestMatcher(request, inventory()).matching();
        }
        if (matched != node.inventory() || matches.size() >= MAX_MATCHES) {
            matched = node.inventory();
            matches.clear();
        }
        return matches.computeIfAbsent(request, this::matching);
    }

    private Set<String> matching(DeviceRequest request) {
        Set<String> matching = new RequestMatcher(request, node.inventory()).matching();
        if (request.shared()) {
            matching.removeIf(uuid -> !canHold(node.slot(uuid), request.minMemory()));
        }
        return matching;
    }

    /** Whether a budget would fit if nobody else were there. */
    private boolean canHold(@CheckForNull DeviceSlot slot, MemorySize budget) {
        return slot != null
                && slot.device().memory() != null
                && slot.device().memory().minus(node.margin()).isAtLeast(budget);
    }

    /** The margin has changed. */
    void forgetMatches() {
        matches.clear();
    }

    Inventory inventory() {
        Inventory all = node.inventory();
        if (owner == null || all.status() != Inventory.Status.OK) {
            return all;
        }
        List<String> uuids = owner.uuids();
        List<Device> mine = all.devices().stream()
                .filter(device -> uuids.contains(device.uuid()))
                .toList();
        return mine.isEmpty()
                ? Inventory.without(Inventory.Status.EMPTY, "its devices have vanished", all.takenAt())
                : all.withDevices(mine);
    }
}
