package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.RequestMatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Devices that requests compete for, and the order in which they wait: those of a node, or those of a lease, out of which
 * sub-leases are taken. Guarded by the registry's lock.
 */
final class DevicePool {

    private static final int MAX_MATCHES = 100;

    private final NodePool node;
    private final Holding owner;
    private final Fairness fairness;
    private final WaitingOrder waiting;
    private final Set<Waiter> picky = new HashSet<>(0);
    private final List<Holding> taken = new ArrayList<>();
    private final Map<String, Shunned> unfit = new HashMap<>(0);
    private final Map<DeviceRequest, Set<String>> matches = new HashMap<>(0);

    /** Most ask for the same as who asked before, with the same object. */
    private DeviceRequest lastAsked;

    private Set<String> lastSuitable;
    private Inventory matched;
    private long matchings;

    /** @param owner the lease whose devices they are; null for the node's */
    DevicePool(NodePool node, @CheckForNull Holding owner, Fairness fairness) {
        this.node = node;
        this.owner = owner;
        this.fairness = fairness;
        this.waiting = new WaitingOrder(this, fairness);
    }

    /** What sub-leases of a lease that was taken out of this pool compete for. */
    DevicePool inside(Holding lease) {
        return new DevicePool(node, lease, fairness);
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

    WaitingOrder waiting() {
        return waiting;
    }

    /** Those that are bound to it, first come first. */
    List<Waiter> order() {
        return waiting.members();
    }

    /** What was taken out of it: offered, leased, and for a node returning. */
    Collection<Holding> taken() {
        return List.copyOf(taken);
    }

    /** Leaves a device that has too little memory free for a waiter to others for a while; the waiter stands in no line. */
    void lacks(Waiter waiter, String uuid, Shunned why) {
        waiter.lacks(uuid, why);
        picky.add(waiter);
    }

    /** Leaves the node to others for a while; the waiter stands in no line. */
    void avoids(Waiter waiter, Shunned why) {
        waiter.avoids(node.name(), why);
        picky.add(waiter);
    }

    boolean isShunned() {
        return !unfit.isEmpty() || !picky.isEmpty();
    }

    /**
     * Has what was shunned for long enough tried again.
     *
     * @return whether there is anything
     */
    boolean tryShunnedAgain(Instant now) {
        boolean any = unfit.values().removeIf(shunned -> shunned.isOver(now));
        for (Waiter waiter : picky) {
            any |= waiter.tryShunnedAgain(now);
        }
        picky.removeIf(waiter -> !waiter.isPicky());
        return any;
    }

    void take(Holding holding) {
        taken.add(holding);
        if (owner == null) {
            node.slots().take(holding);
        } else {
            holding.took(node.slots().of(holding.uuids()));
        }
    }

    void giveBack(Holding holding) {
        if (taken.remove(holding) && owner == null) {
            node.slots().giveBack(holding);
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
        return slot != null && slot.isUsable() && isInService(slot) && !unfit.containsKey(uuid);
    }

    /** Whether who asks for all devices waits for it. */
    boolean isWanted(String uuid) {
        DeviceSlot slot = node.slot(uuid);
        return slot != null && slot.isHealthy() && isInService(slot);
    }

    /** A lease goes on with what it has, be it drained or not, and so do those inside it. */
    private boolean isInService(DeviceSlot slot) {
        return owner != null || slot.drained() == null;
    }

    /** UUIDs of the devices that may be handed out now. */
    Set<String> idle() {
        if (owner == null) {
            return node.slots().idle();
        }
        Set<String> idle = new LinkedHashSet<>(owner.uuids());
        taken.forEach(holding -> holding.uuids().forEach(idle::remove));
        idle.removeIf(uuid -> !isUsable(uuid));
        return idle;
    }

    /** @return what may be handed out now; of what is shared, only if that is wanted */
    Supply supply(boolean shared) {
        return owner != null || !shared ? Supply.of(idle()) : new Supply(idle(), node.slots().room(node.margin()));
    }

    /** UUIDs of the devices that match a request, and in which it fits if it shares them; most requests are like others, so the answers are kept. */
    Set<String> suitable(DeviceRequest request) {
        if (matched != node.inventory() || matches.size() >= MAX_MATCHES) {
            matched = node.inventory();
            forgetMatches();
        }
        if (lastAsked != request) {
            lastSuitable = matches.computeIfAbsent(request, this::matching);
            lastAsked = request;
        }
        return lastSuitable;
    }

    private Set<String> matching(DeviceRequest request) {
        Set<String> matching = new RequestMatcher(request, inventory()).matching();
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
        lastAsked = null;
        matchings++;
    }

    /** Grows each time that what matches requests may have changed. */
    long matchings() {
        if (matched != node.inventory()) {
            matched = node.inventory();
            forgetMatches();
        }
        return matchings;
    }

    /** Of which all are meant when somebody asks for all. */
    Inventory inService() {
        return Drains.without(inventory(), uuid -> !isInService(node.slot(uuid)));
    }

    /** The inventory, but of the devices only some: for those who needn't go through all of them. */
    Inventory inventoryOf(Set<String> uuids, Predicate<String> filter) {
        List<Device> devices = new ArrayList<>(uuids.size());
        for (String uuid : uuids) {
            if (filter.test(uuid)) {
                devices.add(node.slot(uuid).device());
            }
        }
        return node.inventory().withDevices(devices);
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
