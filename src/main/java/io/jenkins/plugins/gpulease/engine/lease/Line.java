package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.Choice;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.Feasibility;
import io.jenkins.plugins.gpulease.engine.placement.Packing;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Waiters that are alike: where the first one can't be served, none of them can. Never empty for long. Guarded by the registry's
 * lock.
 */
final class Line {

    private final Kind kind;
    private final Fairness fairness;
    private final Row open = new Row();
    private final Row overtakenOften = new Row();
    private NodePool kept;
    private boolean decided;
    private Throwable fault;
    private long matched = -1;
    private Set<String> matching;

    /**
     * What makes waiters alike.
     *
     * @param candidates null for those that are bound
     * @param picky the only member, if it leaves something to others for a while; else null
     */
    record Kind(DeviceRequest devices, @CheckForNull Candidates candidates, @CheckForNull Waiter picky) {}

    Line(Kind kind, Fairness fairness) {
        this.kind = kind;
        this.fairness = fairness;
    }

    /** What suits a waiter, whatever line it stands in. */
    static Line alone(Waiter waiter) {
        return new Line(new Kind(waiter.devices(), waiter.candidates(), waiter), null);
    }

    Kind kind() {
        return kind;
    }

    DeviceRequest devices() {
        return kind.devices();
    }

    boolean isFloating() {
        return kind.candidates() != null;
    }

    // ---- members

    void add(Waiter waiter) {
        (isOvertakenOften(waiter) ? overtakenOften : open).add(waiter);
        waiter.standIn(this);
    }

    private boolean isOvertakenOften(Waiter waiter) {
        return waiter.overtaken() >= fairness.maxOvertakes();
    }

    /** @return the node where devices were kept for this waiter and no longer are; else null */
    @CheckForNull
    NodePool remove(Waiter waiter) {
        boolean entitled = waiter == firstEntitled();
        if (!overtakenOften.remove(waiter)) {
            open.remove(waiter);
        }
        waiter.standIn(null);
        if (!entitled) {
            return null;
        }
        NodePool before = kept;
        kept = null;
        decided = false;
        return before;
    }

    /** Whose turn it is; null if nobody is left. */
    @CheckForNull
    Waiter first() {
        Waiter first = open.first();
        Waiter entitled = overtakenOften.first();
        if (first == null || entitled == null) {
            return first == null ? entitled : first;
        }
        return Waiter.ORDER.compare(first, entitled) < 0 ? first : entitled;
    }

    /** The first one that was overtaken so often that devices are kept for it; null if nobody was. */
    @CheckForNull
    Waiter firstEntitled() {
        return overtakenOften.first();
    }

    List<Waiter> members() {
        return Row.merged(open, overtakenOften);
    }

    /**
     * Counts that somebody took devices that those before it could have used. Who was overtaken often enough isn't counted any
     * more, so that a waiter costs a bounded number of steps in its life.
     *
     * @param overtaken those that are counted are added to it
     */
    void overtake(Waiter by, List<Waiter> overtaken) {
        open.removeBefore(by, waiter -> {
            waiter.addOvertaken(1);
            overtaken.add(waiter);
            boolean often = isOvertakenOften(waiter);
            if (often) {
                overtakenOften.add(waiter);
            }
            return often;
        });
    }

    // ---- where devices are kept for those that float

    /** Whether the first one has devices kept for it. */
    boolean isFirstEntitled() {
        return !overtakenOften.isEmpty() && first() == overtakenOften.first();
    }

    /** The node where devices are kept for the first one that is entitled to that; null if there is none. */
    @CheckForNull
    NodePool kept() {
        return kept;
    }

    /** Whether somebody has looked for such a node since somebody is entitled to one. */
    boolean isDecided() {
        return decided;
    }

    void keep(@CheckForNull NodePool node) {
        kept = node;
        decided = true;
    }

    // ---- what suits them

    boolean mayUse(NodePool node) {
        return kind.candidates().mayUse(node.name())
                && (kind.picky() == null || kind.picky().avoided(node.name()) == null);
    }

    /** Whether devices of a node are of use to them, now or once there is room. */
    boolean reaches(NodePool node) {
        return !isFloating() || mayUse(node) && kind.candidates().takesTasks(node.name());
    }

    /** How many more of them could start on a node now; any number if they are bound. */
    int room(NodePool node) {
        return isFloating() ? kind.candidates().room(node.name()) - node.expected() : Integer.MAX_VALUE;
    }

    /** UUIDs of the devices that they could ever use, idle or not. */
    Set<String> suitable(DevicePool pool) {
        return kind.picky() == null ? matching(pool) : kind.picky().withoutLacks(matching(pool));
    }

    private Set<String> matching(DevicePool pool) {
        if (isFloating() || matched != pool.matchings()) {
            try {
                matching = pool.suitable(devices());
            } catch (RuntimeException | StackOverflowError e) { // the others are served all the same
                fault = e;
                matching = Set.of();
            }
            matched = pool.matchings();
        }
        return matching;
    }

    /** Whether they would be served once everything that is leased now has come back. */
    boolean isServedInTime(DevicePool pool) {
        return count(suitable(pool), pool::isUsable) >= needed(pool)
                && (devices().topology() != TopologyPolicy.REQUIRED || isConnectedInTime(pool));
    }

    /** Whether any set of what will be idle in time is connected as it has to be. */
    private boolean isConnectedInTime(DevicePool pool) {
        List<Device> usable = pool.inventory().devices().stream()
                .filter(device -> pool.isUsable(device.uuid()))
                .toList();
        return Feasibility.obstacle(pool.title(), devices(), pool.inventory().withDevices(usable)).isEmpty();
    }

    /** How many devices the first one lacks of those that it could have now. */
    int missing(DevicePool pool, Set<String> available) {
        return Math.max(0, needed(pool) - common(suitable(pool), available));
    }

    /** UUIDs of the devices of which there is enough for one of them now, suitable or not. */
    Set<String> available(DevicePool pool) {
        return devices().shared() ? pool.supply(true).roomFor(devices().minMemory()).keySet() : pool.idle();
    }

    /** Of all matching devices, the sick and the drained ones are left out. */
    private int needed(DevicePool pool) {
        return devices().isAll() ? Math.max(1, count(matching(pool), pool::isWanted)) : devices().count();
    }

    Optional<Choice> choose(Placement placement, DevicePool pool, Supply supply) {
        try {
            return devices().shared()
                    ? chooseShared(placement, pool, supply)
                    : chooseIdle(placement, pool, supply.idle());
        } catch (RuntimeException | StackOverflowError e) { // the others are served all the same
            fault = e;
            return Optional.empty();
        }
    }

    private Optional<Choice> chooseIdle(Placement placement, DevicePool pool, Set<String> idle) {
        Set<String> suitable = suitable(pool);
        if (common(suitable, idle) < devices().least()) {
            return Optional.empty();
        }
        if (devices().isAll()) {
            Set<String> wanted = kind.picky() == null ? idle : kind.picky().withoutLacks(idle);
            return placement.choose(devices(), pool.inService(), wanted);
        }
        return placement.choose(devices(), pool.inventoryOf(idle, suitable::contains), idle);
    }

    private Optional<Choice> chooseShared(Placement placement, DevicePool pool, Supply supply) {
        Map<String, MemorySize> room = supply.roomFor(devices().minMemory());
        room.keySet().retainAll(suitable(pool));
        return room.size() < devices().count()
                ? Optional.empty()
                : Packing.choose(placement, devices(), pool.inventory(), room, supply.idle());
    }

    /** Memory that they want of each device, which they share; null to have devices to themselves. */
    @CheckForNull
    MemorySize budget() {
        return devices().shared() ? devices().minMemory() : null;
    }

    /** What was thrown when their wishes were compared with devices; null if nothing was. */
    @CheckForNull
    Throwable fault() {
        return fault;
    }

    private static int common(Set<String> uuids, Set<String> others) {
        return uuids.size() < others.size() ? count(uuids, others::contains) : count(others, uuids::contains);
    }

    private static int count(Set<String> uuids, Predicate<String> filter) {
        int count = 0;
        for (String uuid : uuids) {
            if (filter.test(uuid)) {
                count++;
            }
        }
        return count;
    }
}
