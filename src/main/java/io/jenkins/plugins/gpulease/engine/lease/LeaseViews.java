package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.Packing;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What can be seen of a {@link LeaseTable}. Thread-safe; views are immutable. */
public abstract class LeaseViews {

    /** Of those that wait before a request, {@link #explain} names so many at most: the first ones of all. */
    public static final int NAMED_WAITERS = Explanations.MAX_NAMES;

    private final Placement placement;
    private final Registry registry;
    private final NodeViews views;
    private final WaitingOrder floating;
    private final Explanations explanations;

    LeaseViews(Placement placement, Registry registry, Serving serving) {
        this.placement = placement;
        this.registry = registry;
        this.views = new NodeViews(registry);
        this.floating = serving.floating().order();
        this.explanations = serving.explanations();
    }

    /**
     * The state of a node; empty if it isn't known and nothing waits for it. Takes the lock briefly, and only if the node
     * has changed since the last call.
     */
    @NonNull
    public Optional<NodeView> view(@NonNull String node) {
        return views.of(node);
    }

    /** All nodes that are known or that something waits for, by name. */
    @NonNull
    public List<NodeView> views() {
        return views.all();
    }

    /** What a node's devices were at their last reading; empty if the node isn't known. Takes no lock, at any number of waiters. */
    @NonNull
    public Optional<Inventory> inventory(@NonNull String node) {
        return Optional.ofNullable(registry.nodes().get(node)).map(NodePool::inventory);
    }

    /** A node's devices, and where they stand; none if it isn't known. Takes the lock briefly, whatever the number of waiters. */
    @NonNull
    public List<DeviceView> devices(@NonNull String node) {
        NodePool pool = registry.nodes().get(node);
        return pool == null ? List.of() : registry.look(pool::devices);
    }

    /** Whether all offers are held back, as after a restart until every running build has taken up its leases. */
    public boolean isPaused() {
        return registry.isPaused();
    }

    /** Memory of each of a node's devices that isn't promised to leases that share it. */
    @NonNull
    public MemorySize margin(@NonNull String node) {
        NodePool pool = registry.nodes().get(node);
        return pool == null ? LeaseTable.DEFAULT_MARGIN : pool.margin();
    }

    /**
     * Whether idle devices of a node, or the room in shared ones, suffice for a request now, whoever else waits for them: an
     * estimate for schedulers. Takes the lock as {@link #view} does.
     */
    public boolean hasIdle(@NonNull String node, @NonNull DeviceRequest request) {
        return !registry.isPaused() && view(node).filter(view -> hasIdle(view, request)).isPresent();
    }

    private boolean hasIdle(NodeView view, DeviceRequest request) {
        Supply supply = Supply.of(view, margin(view.node()));
        if (!request.shared()) {
            Inventory inventory = request.isAll() ? inService(view) : view.inventory();
            return placement.choose(request, inventory, supply.idle()).isPresent();
        }
        Map<String, MemorySize> room = supply.roomFor(request.minMemory());
        return Packing.choose(placement, request, view.inventory(), room, supply.idle()).isPresent();
    }

    private static Inventory inService(NodeView view) {
        Set<String> drained = view.devices().stream()
                .filter(device -> device.drained() != null)
                .map(device -> device.device().uuid())
                .collect(Collectors.toSet());
        return Drains.without(view.inventory(), drained::contains);
    }

    /**
     * Whether the task of a request that floats may go on waiting for room with its lease: devices were kept for it until it got them
     * ahead of its room, and nobody who is bound to the node waits for one of them. Such a one may well hold the room.
     */
    public boolean mayWaitForRoom(@NonNull String leaseId) {
        return registry.look(() -> {
            Holding lease = registry.holdings().get(leaseId);
            return lease != null
                    && lease.isExpected()
                    && lease.isAhead()
                    && lease.from().waiting().lines().stream()
                            .allMatch(line -> Collections.disjoint(line.suitable(lease.from()), lease.uuids()));
        });
    }

    /** A granted lease that hasn't ended. Takes no lock. */
    @NonNull
    public Optional<Lease> lease(@NonNull String leaseId) {
        return Optional.ofNullable(registry.lease(leaseId));
    }

    /** Whether a lease is the one that its request has now: it hasn't ended, nor was the request granted anew. Takes no lock. */
    public boolean isHeld(@NonNull Lease lease) {
        Lease known = registry.lease(lease.id());
        return known != null && known.isSameGrant(lease);
    }

    /** Whether a request waits, or has a lease that hasn't ended. Takes the lock briefly. */
    public boolean isAlive(@NonNull String requestId) {
        return registry.look(() -> registry.waiters().containsKey(requestId) || registry.lease(requestId) != null);
    }

    /** Number of granted leases that haven't ended, sub-leases included. Takes no lock. */
    public int leaseCount() {
        return registry.leaseCount();
    }

    /** Number of requests that aren't granted yet. Takes no lock. */
    public int waiterCount() {
        return registry.waiters().size();
    }

    /** Grows with each change of any node, and of the order of those that float. Takes no lock. */
    public long version() {
        return registry.version();
    }

    /**
     * Requests that aren't bound to a node and aren't granted yet, in their order. Their places are those among each other.
     */
    @NonNull
    public List<WaiterView> floating() {
        return views.floating(floating);
    }

    /**
     * Calls somebody after changes, with the node's name, on the executor: at least once after each change, once for
     * several in a row.
     */
    public void onChange(@NonNull Consumer<String> watcher) {
        registry.watch(watcher);
    }

    /**
     * Why a request waits, for people, in at most 12 lines: what is idle, who holds the rest, what is set aside and why, its
     * place in the order; of one that isn't bound to a node, a line for each of the closest nodes.
     *
     * @return empty if it doesn't wait
     */
    @NonNull
    public List<String> explain(@NonNull String requestId) {
        return explain(requestId, explanations::of);
    }

    /**
     * The same for people who may not know of each other's builds: how many devices are held, but not by whom; how many come
     * before, but not who.
     *
     * @return empty if it doesn't wait
     */
    @NonNull
    public List<String> explainWithoutHolders(@NonNull String requestId) {
        return explain(requestId, explanations::withoutHolders);
    }

    private List<String> explain(String requestId, Function<Waiter, List<String>> how) {
        return registry.look(() -> {
            Waiter waiter = registry.waiters().get(requestId);
            return waiter == null ? List.of() : how.apply(waiter);
        });
    }
}
