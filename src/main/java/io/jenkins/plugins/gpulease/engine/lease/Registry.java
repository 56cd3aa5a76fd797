package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Everything that the table knows, and the one lock that guards it. A change runs under the lock; when it ends, what it
 * changed is published, and the calls to the outside that it asked for are made, after the lock is free again.
 */
final class Registry {

    private static final int MAX_ASKED = 1000;

    private final Object lock = new Object();
    private final Calls calls;
    private final Clock clock;
    private final Fairness fairness;
    private final List<Consumer<String>> watchers = new CopyOnWriteArrayList<>();

    /** Written under the lock, read by anybody. */
    private final ConcurrentMap<String, NodePool> nodes = new ConcurrentHashMap<>();

    private final ConcurrentMap<String, Holding> holdings = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Waiter> waiters = new ConcurrentHashMap<>();
    private volatile long version;
    private final AtomicInteger leases = new AtomicInteger();

    /** Guarded by the lock. */
    private final Map<DeviceRequest, DeviceRequest> asked = new HashMap<>();

    private final Drains drains = new Drains();
    private final List<NodePool> touched = new ArrayList<>();
    private List<Runnable> outgoing = new ArrayList<>();
    private long arrivals;
    private long lastArrival = Long.MIN_VALUE;
    private volatile boolean paused;

    Registry(Calls calls, Clock clock, Fairness fairness) {
        this.calls = calls;
        this.clock = clock;
        this.fairness = fairness;
    }

    <T> T change(Supplier<T> change) {
        List<Runnable> out = List.of();
        try {
            synchronized (lock) {
                try {
                    return change.get();
                } finally {
                    publish();
                    out = outgoing;
                    outgoing = new ArrayList<>(4);
                }
            }
        } finally {
            out.forEach(Calls::guarded);
        }
    }

    void change(Runnable change) {
        change(() -> {
            change.run();
            return null;
        });
    }

    /** Looks at everything without changing it. */
    <T> T look(Supplier<T> look) {
        synchronized (lock) {
            return look.get();
        }
    }

    Instant now() {
        return clock.instant();
    }

    /** The rules of the order. */
    Fairness fairness() {
        return fairness;
    }

    private void publish() {
        if (touched.isEmpty()) {
            return;
        }
        Instant now = now();
        for (NodePool node : touched) {
            if (node.isForgettable()) {
                nodes.remove(node.name(), node);
            }
            node.publish(nextVersion(), now);
            announce(node);
        }
        touched.clear();
    }

    private long nextVersion() {
        return ++version;
    }

    private void announce(NodePool node) {
        if (!watchers.isEmpty() && node.startAnnouncing()) {
            outgoing.add(() -> {
                if (!calls.tell(() -> tellWatchers(node))) {
                    node.announcing(); // or no later change would be announced
                }
            });
        }
    }

    private void tellWatchers(NodePool node) {
        node.announcing();
        watchers.forEach(watcher -> Calls.guarded(() -> watcher.accept(node.name())));
    }

    void watch(Consumer<String> watcher) {
        watchers.add(watcher);
    }

    /** Has something done with the outside once the lock is free. */
    void later(Consumer<Calls> call) {
        outgoing.add(() -> call.accept(calls));
    }

    void touch(NodePool node) {
        if (node.startChange()) {
            touched.add(node);
        }
    }

    /** A waiter's place in the order of its node, or of those that float, has changed. */
    void touch(Waiter waiter) {
        if (waiter.pool() != null) {
            touch(waiter.pool().node());
        } else {
            nextVersion();
        }
    }

    @NonNull
    NodePool node(String name) {
        NodePool node = nodes.get(name);
        if (node == null) {
            node = new NodePool(name, fairness, drains, now());
            nodes.put(name, node);
        }
        touch(node);
        return node;
    }

    ConcurrentMap<String, NodePool> nodes() {
        return nodes;
    }

    /** A granted lease that hasn't ended; null if there is none. Takes no lock. */
    @CheckForNull
    Lease lease(String id) {
        Holding holding = holdings.get(id);
        return holding != null && holding.is(Holding.Phase.LEASED) ? holding.lease() : null;
    }

    int leaseCount() {
        return leases.get();
    }

    /** @param difference 1 for one that is granted, -1 for one that has ended */
    void countLease(int difference) {
        leases.addAndGet(difference);
    }

    /** What is asked for is mostly the same: so it is kept once, and who compares it sees at a glance that it is. */
    DeviceRequest same(DeviceRequest devices) {
        if (asked.size() >= MAX_ASKED) {
            asked.clear();
        }
        DeviceRequest known = asked.putIfAbsent(devices, devices);
        return known == null ? devices : known;
    }

    /** Requests that aren't granted yet, by id. */
    ConcurrentMap<String, Waiter> waiters() {
        return waiters;
    }

    /** What is out of service. */
    Drains drains() {
        return drains;
    }

    /** What is taken out of a pool, by id, from the offer until it is back. */
    ConcurrentMap<String, Holding> holdings() {
        return holdings;
    }

    long version() {
        return version;
    }

    long nextArrival() {
        return ++arrivals;
    }

    /** The time of an arrival in ms, which never goes back as clocks may. */
    long arrivalTime(Instant now) {
        lastArrival = Math.max(lastArrival, now.toEpochMilli());
        return lastArrival;
    }

    boolean isPaused() {
        return paused;
    }

    void setPaused(boolean paused) {
        this.paused = paused;
    }

    /** Ends a request without a lease. */
    void fail(Waiter waiter, LeaseFailure.Kind kind, String message) {
        forget(waiter);
        tell(waiter.listener(), listener -> listener.onFailed(new LeaseFailure(kind, message)));
    }

    void forget(Waiter waiter) {
        waiters.remove(waiter.request().id(), waiter);
        waiter.order().leave(waiter);
        touch(waiter);
    }

    void tell(GrantListener listener, Consumer<GrantListener> news) {
        later(outside -> outside.tell(() -> news.accept(listener)));
    }

    /** The lease that a request wants devices of; null if it wants a node's or the lease has ended. */
    @CheckForNull
    Holding enclosing(@CheckForNull String parentLease) {
        Holding holding = parentLease == null ? null : holdings.get(parentLease);
        return holding != null && holding.is(Holding.Phase.LEASED) ? holding : null;
    }
}
