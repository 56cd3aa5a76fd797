package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** What is known of a node and its devices. Guarded by the registry's lock, but for what {@link NodeViews} asks for. */
final class NodePool {

    private final String name;
    private final DevicePool root;
    private final DeviceSlots slots;
    private final Set<Holding> divided = new LinkedHashSet<>(0);
    private final AtomicBoolean announced = new AtomicBoolean();
    private String unreachable;
    private long contact;
    private int expected;
    private boolean known;
    private boolean removed;
    private boolean changing;

    /** Written under the lock, read by anybody. */
    private volatile Inventory inventory;

    private volatile MemorySize margin = LeaseTable.DEFAULT_MARGIN;
    private volatile long version;
    private volatile NodeView view;

    NodePool(String name, Fairness fairness, Drains drains, Instant now) {
        this.name = name;
        this.slots = new DeviceSlots(drains);
        this.root = new DevicePool(this, null, fairness);
        this.inventory = Inventory.without(Status.UNKNOWN, "Nobody has looked at the GPUs of " + name + " yet", now);
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

    /** Granted leases, those that were taken out of others included. */
    List<Lease> leases() {
        List<Lease> leases = new ArrayList<>();
        for (DevicePool pool : pools()) {
            for (Holding holding : pool.taken()) {
                if (holding.is(Holding.Phase.LEASED)) {
                    leases.add(holding.lease());
                }
            }
        }
        return leases;
    }

    /** Somebody asks for devices out of a lease for the first time. */
    void divide(Holding lease) {
        divided.add(lease);
    }

    /** What was taken out of a lease is back, and the lease has ended. */
    void undivide(Holding lease) {
        divided.remove(lease);
    }

    /** The pools in which somebody may wait. */
    List<DevicePool> pools() {
        if (divided.isEmpty()) {
            return List.of(root);
        }
        List<DevicePool> pools = new ArrayList<>();
        pools.add(root);
        divided.stream().filter(lease -> lease.is(Holding.Phase.LEASED)).map(Holding::inside).forEach(pools::add);
        return pools;
    }

    /** Nobody has told anything about it, and nobody wants anything of it. */
    boolean isForgettable() {
        return !known && root.waiting().isEmpty() && root.taken().isEmpty();
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
        slots.obstacleChanged();
    }

    /** A failed scan says nothing of the devices, so the ones that are known stay. */
    void setInventory(Inventory newInventory) {
        known = true;
        contact++;
        unreachable = null;
        inventory = newInventory;
        if (obstacle() == null) {
            slots.replace(newInventory.devices());
        }
        slots.obstacleChanged();
        pools().forEach(DevicePool::setAllFit);
    }

    @CheckForNull
    DeviceSlot slot(String uuid) {
        return slots.get(uuid);
    }

    /** Its devices. */
    DeviceSlots slots() {
        return slots;
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
        if (slots.takeHealthChanged()) {
            inventory = inventory.withDevices(inventory.devices().stream()
                    .map(device -> slots.get(device.uuid()).device())
                    .toList());
        }
    }

    /** Something is about to change. @return whether that wasn't known yet */
    boolean startChange() {
        boolean is = !changing;
        changing = true;
        return is;
    }

    void publish(long newVersion, Instant now) {
        changing = false;
        slots.noteChanges(obstacle(), now);
        version = newVersion;
    }

    /** Grows with each change. */
    long version() {
        return version;
    }

    /** Why it can't be reached now; null if it can. */
    @CheckForNull
    String unreachable() {
        return unreachable;
    }

    List<DeviceView> devices() {
        String obstacle = obstacle();
        return slots.all().stream().map(slot -> slot.view(obstacle, margin)).toList();
    }

    /** The last view that was made, null if it is out of date. */
    @CheckForNull
    NodeView currentView() {
        NodeView last = view;
        return last != null && last.version() == version ? last : null;
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
