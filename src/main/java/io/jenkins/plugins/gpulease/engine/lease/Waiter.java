package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.Choice;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.Packing;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A request in the order of a pool. Guarded by the registry's lock. */
final class Waiter implements Contender {

    /** Higher priority first, then who came first. */
    static final Comparator<Waiter> ORDER = Comparator.<Waiter>comparingInt(waiter -> waiter.request.priority())
            .reversed()
            .thenComparingLong(waiter -> waiter.arrival);

    private final LeaseRequest request;
    private final GrantListener listener;
    private final DevicePool pool;
    private final Placement placement;
    private final long arrival;
    private final Instant since;

    private Set<String> suitable = Set.of();
    private final Map<String, Shunned> lacks = new HashMap<>(0);
    private volatile int overtaken;
    private Holding offer;
    private Throwable fault;

    Waiter(
            LeaseRequest request,
            GrantListener listener,
            DevicePool pool,
            Placement placement,
            long arrival,
            Instant since) {
        this.request = request;
        this.listener = listener;
        this.pool = pool;
        this.placement = placement;
        this.arrival = arrival;
        this.since = since;
    }

    LeaseRequest request() {
        return request;
    }

    DeviceRequest devices() {
        return request.devices();
    }

    GrantListener listener() {
        return listener;
    }

    DevicePool pool() {
        return pool;
    }

    Instant since() {
        return since;
    }

    /** Who has been offered devices takes no part in the contest for others. */
    boolean isOffered() {
        return offer != null;
    }

    @CheckForNull
    Holding offer() {
        return offer;
    }

    void offered(@CheckForNull Holding newOffer) {
        offer = newOffer;
    }

    void suits(Set<String> uuids) {
        suitable = uuids;
    }

    /** Leaves a device to others for a while. */
    void lacks(String uuid, String reason, Instant until) {
        lacks.put(uuid, new Shunned(reason, until));
    }

    /** @return whether a device was left to others for long enough */
    boolean tryShunnedAgain(Instant now) {
        return lacks.values().removeIf(lack -> lack.isOver(now));
    }

    boolean isLacking() {
        return !lacks.isEmpty();
    }

    /** Why it leaves a device to others now; null if it doesn't. */
    @CheckForNull
    String lack(String uuid) {
        Shunned lack = lacks.get(uuid);
        return lack == null ? null : lack.reason();
    }

    @NonNull
    @Override
    public Set<String> suitable() {
        return without(suitable);
    }

    private Set<String> without(Set<String> uuids) {
        if (lacks.isEmpty()) {
            return uuids;
        }
        Set<String> rest = new LinkedHashSet<>(uuids);
        rest.removeAll(lacks.keySet());
        return rest;
    }

    @Override
    public boolean isServedInTime() {
        return !isOffered() && count(pool::isUsable) >= needed();
    }

    @Override
    public int overtaken() {
        return overtaken;
    }

    void addOvertaken(int difference) {
        overtaken += difference;
    }

    @Override
    public int count() {
        return devices().count();
    }

    @CheckForNull
    @Override
    public MemorySize budget() {
        return devices().shared() ? devices().minMemory() : null;
    }

    @NonNull
    @Override
    public Optional<List<Device>> choose(@NonNull Supply supply) {
        if (isOffered()) {
            return Optional.empty();
        }
        try {
            return (devices().shared() ? chooseShared(supply) : chooseIdle(supply.idle())).map(Choice::devices);
        } catch (RuntimeException | StackOverflowError e) { // the others are served all the same
            fault = e;
            return Optional.empty();
        }
    }

    private Optional<Choice> chooseIdle(Set<String> idle) {
        return count(idle::contains) < devices().least()
                ? Optional.empty()
                : placement.choose(devices(), pool.inventory(), without(idle));
    }

    private Optional<Choice> chooseShared(Supply supply) {
        Map<String, MemorySize> room = supply.roomFor(devices().minMemory());
        room.keySet().retainAll(suitable());
        return room.size() < devices().count()
                ? Optional.empty()
                : Packing.choose(placement, devices(), pool.inventory(), room, supply.idle());
    }

    /** What was thrown when devices were chosen for it; null if nothing was. */
    @CheckForNull
    Throwable fault() {
        return fault;
    }

    /** Of all matching devices, the sick ones are left out. */
    private int needed() {
        return devices().isAll() ? Math.max(1, count(suitable, pool::isHealthy)) : devices().count();
    }

    private int count(Predicate<String> filter) {
        return count(suitable(), filter);
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
