package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** What is known of a node and its devices. Guarded by the registry's lock, but for {@link #published}. */
final class NodePool {

    private final String name;
    private final DevicePool root;
    private final Drains drains;
    private final Map<String, DeviceSlot> slots = new LinkedHashMap<>();
    private final Map<String, Holding> leases = new LinkedHashMap<>();
    private final AtomicBoolean announced = new AtomicBoolean();
    private Inventory inventory;
    private MemorySize margin = LeaseTable.DEFAULT_MARGIN;
    private String unreachable;
    private long contact;
    private int expected;
    private boolean known;
    private boolean removed;
    private volatile Published published;
    private volatile NodeView view;

    /** The part of a view that is made at once at each change, for readers that mustn't wait. */
    record Published(
            long version, Inventory inventory, @CheckForNull String unreachable, List<DeviceView> devices, MemorySize margin) {

        /** What could be had by somebody who waits for nobody. */
        Supply supply() {
            Map<String, MemorySize> room = new LinkedHashMap<>();
            for (DeviceView view : devices) {
                MemorySize total = view.device().memory();
                if (view.state() == DeviceState.IDLE && total != null) {
                    room.put(view.device().uuid(), total.minus(margin));
                } else if (view.sharing() != null && view.reason() == null && view.drained() == null && unreachable == null) {
                    room.put(view.device().uuid(), view.sharing().free());
                }
            }
            return new Supply(idle(), room);
        }

        /** UUIDs of the devices that nobody has. */
        Set<String> idle() {
            return devices.stream()
                    .filter(device -> device.state() == DeviceState.IDLE)
                    .map(device -> device.device().uuid())
                    .collect(Collectors.toSet());
        }
    }

    NodePool(String name, Fairness fairness, Drains drains, Instant now) {
        this.name = name;
        this.drains = drains;
        this.root = new DevicePool(this, null, fairness);
        this.inventory = Inventory.without(Status.UNKNOWN, "Nobody has looked at the GPUs of " + name + " yet", now);
        publish(0, now);
    }

    String name() {
        return name;
    }

    DevicePool root() {
        return root;
    }

    /** How many tasks have been offered or granted devices here and haven't started: there must be room for them. */
    int expected() {
        return expected;
    }

    void expect(int difference) {
        expected += difference;
    }

    Inventory inventory() {
        return inventory;
    }

    /** Granted leases by id. */
    Map<String, Holding> leases() {
        return leases;
    }

    /** The pools in which somebody may wait. */
    List<DevicePool> pools() {
        List<DevicePool> pools = new ArrayList<>();
        pools.add(root);
        leases.values().stream().filter(Holding::isDivided).map(Holding::inside).forEach(pools::add);
        return pools;
    }

    /** Nobody has told anything about it, and nobody wants anything of it. */
    boolean isForgettable() {
        return !known && leases.isEmpty() && root.order().isEmpty() && root.taken().isEmpty();
    }

    /** Grows each time that its devices are read, so that what was asked before and fails after says nothing of now. */
    long contact() {
        return contact;
    }

    boolean isRemoved() {
        return removed;
    }

    void remove() {
        removed = true;
    }

    /** Why nothing can be handed out there now; null if it can. */
    @CheckForNull
    String obstacle() {
        if (unreachable != null) {
            return unreachable;
        }
        return inventory.status() == Status.FAILED || inventory.status() == Status.UNKNOWN ? inventory.reason() : null;
    }

    /** Memory of each device that isn't promised to those who share it. */
    MemorySize margin() {
        return margin;
    }

    void setMargin(MemorySize newMargin) {
        margin = newMargin;
    }

    void setUnreachable(String reason) {
        known = true;
        unreachable = reason;
    }

    /** A failed scan says nothing of the devices, so the ones that are known stay. */
    void setInventory(Inventory newInventory) {
        known = true;
        contact++;
        unreachable = null;
        inventory = newInventory;
        if (obstacle() == null) {
            replaceSlots();
        }
        pools().forEach(DevicePool::setAllFit);
    }

    private void replaceSlots() {
        Map<String, DeviceSlot> before = new LinkedHashMap<>(slots);
        slots.clear();
        for (Device device : inventory.devices()) {
            DeviceSlot slot = before.remove(device.uuid());
            if (slot == null) {
                slot = drains.newSlot(device, false);
            }
            slot.seen(device);
            slots.put(device.uuid(), slot);
        }
        before.values().removeIf(slot -> !slot.isHeld());
        before.values().forEach(DeviceSlot::vanished);
        slots.putAll(before);
    }

    @CheckForNull
    DeviceSlot slot(String uuid) {
        return slots.get(uuid);
    }

    Collection<DeviceSlot> slots() {
        return slots.values();
    }

    Set<String> idle() {
        Set<String> idle = new LinkedHashSet<>();
        slots.forEach((uuid, slot) -> {
            if (slot.isIdle()) {
                idle.add(uuid);
            }
        });
        return idle;
    }

    /** What may be promised to who shares devices, by UUID. */
    Map<String, MemorySize> room() {
        Map<String, MemorySize> room = new LinkedHashMap<>();
        slots.forEach((uuid, slot) -> {
            if (slot.isShareable()) {
                room.put(uuid, slot.room(margin));
            }
        });
        return room;
    }

    /** Whether anything may be handed out, be it a share. */
    boolean hasSupply() {
        for (DeviceSlot slot : slots.values()) {
            if (slot.isIdle() || slot.isShared() && slot.isShareable()) {
                return true;
            }
        }
        return false;
    }

    /** Gives devices to a holding; an adopted one may name devices that nobody has read yet. */
    void take(Holding holding) {
        for (Device device : holding.lease().devices()) {
            DeviceSlot slot = slots.get(device.uuid());
            if (slot == null) {
                slot = drains.newSlot(device, true);
                slots.put(device.uuid(), slot);
            }
            slot.take(holding);
        }
    }

    void giveBack(Holding holding) {
        for (String uuid : holding.uuids()) {
            DeviceSlot slot = slots.get(uuid);
            if (slot != null) {
                slot.giveBack(holding);
                if (slot.isGone() && !slot.isHeld()) {
                    slots.remove(uuid);
                }
            }
        }
    }

    /** Takes what a later look at devices says, as {@link LeaseTable#observe} tells. */
    void observe(Map<String, Verdict> verdicts) {
        verdicts.forEach((uuid, verdict) -> {
            DeviceSlot slot = slots.get(uuid);
            if (slot != null && (!slot.isHeld() || slot.isShared())) {
                slot.looked(verdict);
            } else if (slot != null && verdict.condition() == Verdict.Condition.SICK) {
                slot.sickened(verdict.reason());
            }
            if (verdict.isClean()) {
                pools().forEach(pool -> pool.setFit(uuid));
            }
        });
        healthChanged();
    }

    /** Brings the health of the inventory's devices up to date. */
    void healthChanged() {
        boolean changed = inventory.devices().stream()
                .anyMatch(device -> slots.get(device.uuid()).device() != device);
        if (changed) {
            inventory = inventory.withDevices(inventory.devices().stream()
                    .map(device -> slots.get(device.uuid()).device())
                    .toList());
        }
    }

    void publish(long version, Instant now) {
        String obstacle = obstacle();
        List<DeviceView> devices = new ArrayList<>(slots.size());
        slots.values().forEach(slot -> devices.add(slot.view(obstacle, margin, now)));
        published = new Published(version, inventory, unreachable, List.copyOf(devices), margin);
    }

    Published published() {
        return published;
    }

    /** The last view that was made, null if it is out of date. */
    @CheckForNull
    NodeView currentView() {
        NodeView last = view;
        return last != null && last.version() == published.version() ? last : null;
    }

    void keep(NodeView newView) {
        view = newView;
    }

    /** Whether a change must be announced: false if an announcement is under way already. */
    boolean startAnnouncing() {
        return announced.compareAndSet(false, true);
    }

    void announcing() {
        announced.set(false);
    }
}
