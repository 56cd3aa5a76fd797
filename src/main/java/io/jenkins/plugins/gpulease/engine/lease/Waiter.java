package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A request in an order: bound to the devices of a node or of a lease, or floating between nodes. Guarded by the registry's
 * lock.
 */
final class Waiter {

    /** Effective priority ({@link Fairness}), then who came first. */
    static final Comparator<Waiter> ORDER = (one, other) -> {
        int byRank = Long.compare(one.rank, other.rank);
        int byTime = Long.compare(one.arrivedAt, other.arrivedAt);
        return byRank != 0 ? byRank : byTime != 0 ? byTime : Long.compare(one.arrival, other.arrival);
    };

    private final LeaseRequest request;
    private final DeviceRequest devices;
    private final GrantListener listener;
    private final WaitingOrder order;
    private final Candidates candidates;
    private final Instant since;
    private final long arrival;
    private final long arrivedAt;

    private Map<String, Shunned> lacks = Map.of();
    private Map<String, Shunned> avoids = Map.of();
    private long rank;
    private Line line;
    private volatile int overtaken;
    private Holding offer;

    /**
     * @param devices what is asked for, as all who ask for the same have it
     * @param candidates where it may be served; null if it is bound
     * @param arrival decides between those that arrived at the same time: who came before has a lesser one
     * @param arrivedAt in ms; never less than that of who came before, but for who comes back to its old place
     */
    Waiter(
            LeaseRequest request,
            DeviceRequest devices,
            GrantListener listener,
            WaitingOrder order,
            @CheckForNull Candidates candidates,
            Instant since,
            long arrival,
            long arrivedAt) {
        this.request = request;
        this.devices = devices;
        this.listener = listener;
        this.order = order;
        this.candidates = candidates;
        this.since = since;
        this.arrival = arrival;
        this.arrivedAt = arrivedAt;
    }

    LeaseRequest request() {
        return request;
    }

    DeviceRequest devices() {
        return devices;
    }

    GrantListener listener() {
        return listener;
    }

    WaitingOrder order() {
        return order;
    }

    /** Whose devices it wants; null if it floats. */
    @CheckForNull
    DevicePool pool() {
        return order.pool();
    }

    boolean isFloating() {
        return candidates != null;
    }

    @CheckForNull
    Candidates candidates() {
        return candidates;
    }

    Instant since() {
        return since;
    }

    /** Only while it is in no sorted set. */
    void rank(Fairness fairness) {
        rank = fairness.rank(request.priority(), arrivedAt);
    }

    /** Where it waits among those that are alike; null while it is offered something or doesn't wait. */
    @CheckForNull
    Line line() {
        return line;
    }

    void standIn(@CheckForNull Line newLine) {
        line = newLine;
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

    int overtaken() {
        return overtaken;
    }

    /** Only by its line, which sorts by it. */
    void addOvertaken(int difference) {
        overtaken += difference;
    }

    /** Who overtook it got nothing after all; if that was before its turn, it isn't counted any more. */
    void notOvertaken() {
        if (overtaken > 0) {
            order.relocate(this, () -> addOvertaken(-1));
        }
    }

    /** It had its turn, though nothing came of it. Only while it stands in no line. */
    void hadItsTurn() {
        overtaken = 0;
    }

    /** Leaves a device to others for a while. */
    void lacks(String uuid, Shunned why) {
        lacks = with(lacks, uuid, why);
    }

    /** Leaves a node to others for a while. */
    void avoids(String node, Shunned why) {
        avoids = with(avoids, node, why);
    }

    private static Map<String, Shunned> with(Map<String, Shunned> before, String name, Shunned why) {
        Map<String, Shunned> all = new HashMap<>(before);
        all.put(name, why);
        return all;
    }

    /** @return whether a device or a node was left to others for long enough */
    boolean tryShunnedAgain(Instant now) {
        boolean any = lacks.values().stream().anyMatch(lack -> lack.isOver(now))
                || avoids.values().stream().anyMatch(avoided -> avoided.isOver(now));
        if (any) {
            order.relocate(this, () -> {
                lacks.values().removeIf(lack -> lack.isOver(now));
                avoids.values().removeIf(avoided -> avoided.isOver(now));
            });
        }
        return any;
    }

    /** Whether it leaves something to others that those who ask for the same would take. */
    boolean isPicky() {
        return !lacks.isEmpty() || !avoids.isEmpty();
    }

    /** Why it leaves a device to others now; null if it doesn't. */
    @CheckForNull
    String lack(String uuid) {
        Shunned lack = lacks.get(uuid);
        return lack == null ? null : lack.reason();
    }

    /** Why it leaves a node to others now; null if it doesn't. */
    @CheckForNull
    String avoided(String node) {
        Shunned avoided = avoids.get(node);
        return avoided == null ? null : avoided.reason();
    }

    Set<String> withoutLacks(Set<String> uuids) {
        if (lacks.isEmpty()) {
            return uuids;
        }
        Set<String> rest = new LinkedHashSet<>(uuids);
        rest.removeAll(lacks.keySet());
        return rest;
    }
}
