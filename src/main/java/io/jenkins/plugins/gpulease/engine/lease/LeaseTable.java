package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.Packing;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Who holds which devices, and who waits for some, on all nodes.
 *
 * <p>Thread-safe: one private lock, no I/O under it. Listeners and the custodian are called on the executor, outside the lock.
 *
 * <p>The way of a request: it <em>waits</em> in the order of priority and arrival; once a placement exists it is <em>offered</em>
 * devices, which the custodian verifies; then it is <em>granted</em>, or the devices that weren't clean are set aside
 * (occupied or quarantined) and the request goes on at its old place. When a lease ends, its devices are <em>returning</em>
 * until the custodian has looked at them, then idle or in quarantine.
 *
 * <p>The order is fair: a request that can be served may overtake one before it that can't, but only a bounded number of
 * times ({@link Turns}). An overtaking counts once devices are offered, and no more if the offer comes to nothing.
 *
 * <p>A custodian that fails, or says nothing of a device, counts as a node that can't be asked: nothing is handed out there
 * until its devices are read again, and the request waits on.
 */
public final class LeaseTable {

    /** How often a request may be overtaken unless the constructor is told otherwise. */
    public static final int DEFAULT_MAX_OVERTAKES = 4;

    /** Memory of each device that isn't promised to those who share it, unless the node is told otherwise: contexts take some. */
    public static final MemorySize DEFAULT_MARGIN = MemorySize.ofMib(512);

    private final Placement placement;
    private final Registry registry;
    private final NodeViews views;
    private final Offers offers;
    private final Adoptions adoptions;

    /**
     * @param placement which devices a request gets; called under the lock, so it must be quick and must not throw
     * @param custodian looks at devices before and after a lease
     * @param executor runs listeners and calls to the custodian; must not run them in the calling thread while a caller
     *     holds locks of its own
     */
    public LeaseTable(
            @NonNull Placement placement, @NonNull Custodian custodian, @NonNull Executor executor, @NonNull Clock clock) {
        this(placement, custodian, executor, clock, DEFAULT_MAX_OVERTAKES);
    }

    /**
     * @param maxOvertakes how often later requests may take devices that an earlier one could use; 0 for strict order
     * @see #LeaseTable(Placement, Custodian, Executor, Clock)
     */
    public LeaseTable(
            @NonNull Placement placement,
            @NonNull Custodian custodian,
            @NonNull Executor executor,
            @NonNull Clock clock,
            int maxOvertakes) {
        if (maxOvertakes < 0) {
            throw new IllegalArgumentException("maxOvertakes is " + maxOvertakes + "; allowed is 0 or more");
        }
        this.placement = placement;
        this.registry = new Registry(new Calls(executor), clock);
        this.views = new NodeViews(registry);
        this.offers = new Offers(registry, custodian, maxOvertakes);
        this.adoptions = new Adoptions(registry);
    }

    // ---- nodes and devices

    /**
     * Takes a node's devices as they were just read; the node is reachable. Devices in leases stay in them, gone or not.
     * Requests that can never be satisfied by what is there now fail. A reading that
     * {@linkplain Inventory.Status#FAILED failed} says nothing of the devices: the known ones stay, as unknown.
     */
    public void setInventory(@NonNull String node, @NonNull Inventory inventory) {
        registry.change(() -> {
            NodePool pool = registry.node(node);
            pool.setInventory(inventory);
            offers.reconsider(pool);
        });
    }

    /**
     * Sets how much memory of each of a node's devices isn't promised to leases that share it; {@link #DEFAULT_MARGIN} at first. Who
     * has a device goes on.
     */
    public void setMargin(@NonNull String node, @NonNull MemorySize margin) {
        registry.change(() -> {
            NodePool pool = registry.node(node);
            if (!pool.margin().equals(margin)) {
                pool.setMargin(margin);
                pool.root().forgetMatches();
                offers.reconsider(pool);
            }
        });
    }

    /** Memory of each of a node's devices that isn't promised to leases that share it. */
    @NonNull
    public MemorySize margin(@NonNull String node) {
        NodePool pool = registry.nodes().get(node);
        return pool == null ? DEFAULT_MARGIN : pool.published().margin();
    }

    /**
     * The node can't be asked now: nothing is handed out there until the next {@link #setInventory}; leases and waiters stay.
     *
     * @param reason for people
     */
    public void setUnreachable(@NonNull String node, @NonNull String reason) {
        registry.change(() -> {
            NodePool pool = registry.node(node);
            pool.setUnreachable(reason);
            offers.serve(pool);
        });
    }

    /**
     * The node is gone for good: its leases end, its waiters fail with {@link LeaseFailure.Kind#NODE_REMOVED}. The custodian
     * is asked all the same to take the leases back, as far as it can.
     */
    public void removeNode(@NonNull String node) {
        registry.change(() -> {
            NodePool pool = registry.nodes().remove(node);
            if (pool != null) {
                pool.remove();
                registry.touch(pool);
                offers.returns().endAll(pool);
            }
        });
    }

    /**
     * Takes what a later look at devices says: occupied and quarantined ones become idle when clean; idle ones leave the idle
     * ones when not clean. Devices that are offered, leased or returning aren't touched, but for a sick verdict, which
     * puts them into quarantine after their lease. Nodes and devices that aren't known are ignored. Without verdicts, and
     * cheaply, devices are offered again to requests that they didn't suit half a minute ago, as for too little free memory.
     */
    public void observe(@NonNull String node, @NonNull Map<String, Verdict> verdicts) {
        registry.change(() -> {
            NodePool pool = registry.nodes().get(node);
            if (pool != null) {
                offers.observe(pool, verdicts);
            }
        });
    }

    // ---- requests and leases

    /**
     * Puts a request into the order of its node, or of its enclosing lease. A node that isn't known yet counts as
     * unreachable, so the request waits.
     *
     * @throws IllegalArgumentException if a lease or request with this id exists, or the enclosing lease is on another node
     */
    public void request(@NonNull LeaseRequest request, @NonNull GrantListener listener) {
        registry.change(() -> {
            if (registry.waiters().containsKey(request.id()) || registry.holdings().containsKey(request.id())) {
                throw new IllegalArgumentException("A request or lease with the id " + request.id() + " exists already");
            }
            Holding enclosing = registry.enclosing(request.parentLease());
            if (request.parentLease() == null) {
                enter(request, listener, registry.node(request.node()).root());
            } else if (enclosing == null) {
                LeaseFailure failure = new LeaseFailure(
                        LeaseFailure.Kind.PARENT_ENDED, "The enclosing lease has ended, so nothing can be taken out of it");
                registry.tell(listener, waiting -> waiting.onFailed(failure));
            } else if (!enclosing.lease().node().equals(request.node())) {
                throw new IllegalArgumentException("Request " + request.id() + " is for node " + request.node()
                        + ", but its enclosing lease is on " + enclosing.lease().node());
            } else if (request.devices().shared() || enclosing.isShared()) {
                refuseToDivide(request, listener, enclosing);
            } else {
                enter(request, listener, enclosing.inside());
            }
        });
    }

    private void refuseToDivide(LeaseRequest request, GrantListener listener, Holding enclosing) {
        String message = enclosing.isShared()
                ? "The enclosing lease shares its GPUs with others, so nothing can be taken out of it: leave out the inner block"
                        + " and ask for the memory of all of its programs in the outer one"
                : request.devices() + " asked, but the enclosing lease has its GPUs to itself: leave out shared in the inner block";
        registry.tell(listener, waiting -> waiting.onFailed(new LeaseFailure(LeaseFailure.Kind.IMPOSSIBLE, message)));
    }

    private void enter(LeaseRequest request, GrantListener listener, DevicePool pool) {
        offers.enter(new Waiter(request, listener, pool, placement, registry.nextArrival(), registry.now()));
    }

    /**
     * Takes a request out of the order. What it was offered is taken back by the custodian before it is idle again.
     *
     * @return false if it isn't there any more: granted, failed, cancelled, or never there
     */
    public boolean cancel(@NonNull String requestId) {
        return registry.change(() -> offers.leave(requestId, registry::forget));
    }

    /**
     * Takes a request out of the order as {@link #cancel} does, for somebody other than who made it: its listener learns of it.
     *
     * @return false if it isn't there any more
     */
    public boolean abandon(@NonNull String requestId, @NonNull LeaseFailure failure) {
        return registry.change(
                () -> offers.leave(requestId, waiter -> registry.fail(waiter, failure.kind(), failure.message())));
    }

    /**
     * Takes up a lease that was granted before a restart. The node needn't be known yet, and a sub-lease may come before the
     * lease that encloses it (of several levels, come from the outside in). Idempotent.
     *
     * @throws IllegalStateException if another lease holds one of the devices, or the enclosing lease lacks one; the
     *     message names both
     */
    public void adopt(@NonNull Lease lease) {
        registry.change(() -> adoptions.adopt(lease));
    }

    /**
     * Ends a lease, and sub-leases taken out of it. Idempotent; needs no agent: the lease is gone when this returns.
     * A sub-lease's devices are the enclosing lease's again at once.
     *
     * @return what came back, once the custodian has looked; at once and without content if there is no such lease. Never
     *     fails: if the node can't be asked, the usage is unknown and the devices are verified at their next hand-out
     */
    @NonNull
    public CompletionStage<Custodian.Returned> release(@NonNull String leaseId) {
        return registry.change(() -> offers.returns().release(leaseId));
    }

    /**
     * Holds back all offers, as after a restart until every running build has taken up its leases. Requests are accepted,
     * impossible ones fail. A new table isn't paused.
     */
    public void pause() {
        registry.change(() -> registry.setPaused(true));
    }

    /** Grants again. */
    public void resume() {
        registry.change(() -> {
            registry.setPaused(false);
            registry.nodes().values().forEach(offers::serve);
        });
    }

    // ---- views

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
        return Optional.ofNullable(registry.nodes().get(node)).map(pool -> pool.published().inventory());
    }

    /**
     * Whether idle devices of a node, or the room in shared ones, suffice for a request now, whoever else waits for them: an estimate for schedulers, cheap
     * and without a lock.
     */
    public boolean hasIdle(@NonNull String node, @NonNull DeviceRequest request) {
        NodePool pool = registry.nodes().get(node);
        if (pool == null || registry.isPaused()) {
            return false;
        }
        NodePool.Published state = pool.published();
        if (!request.shared()) {
            return placement.choose(request, state.inventory(), state.idle()).isPresent();
        }
        Map<String, MemorySize> room = state.supply().roomFor(request.minMemory());
        return Packing.choose(placement, request, state.inventory(), room, state.idle()).isPresent();
    }

    /** A granted lease that hasn't ended. Takes no lock. */
    @NonNull
    public Optional<Lease> lease(@NonNull String leaseId) {
        return Optional.ofNullable(registry.leases().get(leaseId));
    }

    /** Number of granted leases that haven't ended, sub-leases included. Takes no lock. */
    public int leaseCount() {
        return registry.leases().size();
    }

    /** Number of requests that aren't granted yet. Takes no lock. */
    public int waiterCount() {
        return registry.waiters().size();
    }

    /** Grows with each change of any node. Takes no lock. */
    public long version() {
        return registry.version();
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
     * place in the order.
     *
     * @return empty if it doesn't wait
     */
    @NonNull
    public List<String> explain(@NonNull String requestId) {
        return registry.look(() -> {
            Waiter waiter = registry.waiters().get(requestId);
            return waiter == null ? List.of() : Explanation.of(waiter, registry.isPaused(), registry.now());
        });
    }
}
