package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

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
public final class LeaseTable extends LeaseNodes {

    /** How often a request may be overtaken unless the constructor is told otherwise. */
    public static final int DEFAULT_MAX_OVERTAKES = 4;

    /** Memory of each device that isn't promised to those who share it, unless the node is told otherwise: contexts take some. */
    public static final MemorySize DEFAULT_MARGIN = MemorySize.ofMib(512);

    /** How long a request waits for one step of priority unless {@link #setAgeing} is called. */
    public static final Duration DEFAULT_AGEING = Duration.ofMinutes(10);

    /** The longest step of priority. */
    public static final Duration MAX_AGEING = Duration.ofDays(30);

    private final Registry registry;
    private final Serving serving;
    private final Arrivals arrivals;
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
        this(placement, custodian, new Registry(new Calls(executor), clock, new Fairness(maxOvertakes, DEFAULT_AGEING)));
    }

    private LeaseTable(Placement placement, Custodian custodian, Registry registry) {
        this(placement, registry, new Serving(registry, placement, custodian));
    }

    private LeaseTable(Placement placement, Registry registry, Serving serving) {
        super(placement, registry, serving);
        this.registry = registry;
        this.serving = serving;
        this.arrivals = new Arrivals(registry, serving);
        this.adoptions = new Adoptions(registry);
    }

    /**
     * Puts a request into the order of its node, or of its enclosing lease. A node that isn't known yet counts as
     * unreachable, so the request waits.
     *
     * @throws IllegalArgumentException if a lease or request with this id exists, or the enclosing lease is on another node
     */
    public void request(@NonNull LeaseRequest request, @NonNull GrantListener listener) {
        registry.change(() -> arrivals.request(request, listener));
    }

    /**
     * Puts a request into the order that any node may serve. It is offered devices as soon as a candidate has suitable ones
     * <em>and</em> room, at the node where that wastes least, and it must be {@linkplain #started started} soon after it was
     * granted, or {@linkplain #decline declined}. One that was overtaken too often may be granted devices before there is room.
     *
     * @param request without a node and without an enclosing lease
     * @throws IllegalArgumentException if it has one, or a lease or request with this id exists
     */
    public void requestAnywhere(
            @NonNull LeaseRequest request, @NonNull Candidates candidates, @NonNull GrantListener listener) {
        requestAnywhere(request, candidates, listener, null);
    }

    /**
     * As {@link #requestAnywhere(LeaseRequest, Candidates, GrantListener)}, for one that was cancelled and asks again at its old place.
     *
     * @param arrivedAt when it came first, by the table's clock and since the table exists; null for now
     */
    public void requestAnywhere(
            @NonNull LeaseRequest request,
            @NonNull Candidates candidates,
            @NonNull GrantListener listener,
            @CheckForNull Instant arrivedAt) {
        registry.change(() -> arrivals.requestAnywhere(request, candidates, listener, arrivedAt));
    }

    /**
     * The task of a request that floated runs on the lease's node, so it isn't counted against the node's room any more. Idempotent;
     * ignored for other leases.
     */
    public void started(@NonNull String leaseId) {
        registry.change(() -> serving.started(leaseId));
    }

    /**
     * The task of a request that floated can't start on the lease's node. The lease ends; once its devices are back, the same
     * request waits again at its old place, leaves that node out for 30 s, and its listener is told again how it ends.
     *
     * @param why for people
     * @return false if this very lease isn't there any more, or was started
     */
    public boolean decline(@NonNull Lease granted, @NonNull String why) {
        return registry.change(() -> serving.returns().decline(granted, why));
    }

    /**
     * Takes a request out of the order. What it was offered is taken back by the custodian before it is idle again.
     *
     * @return false if it isn't there any more: granted, failed, cancelled, or never there
     */
    public boolean cancel(@NonNull String requestId) {
        return registry.change(() -> serving.leave(requestId, registry::forget));
    }

    /**
     * Takes a request out of the order as {@link #cancel} does, for somebody other than who made it: its listener learns of it.
     *
     * @return false if it isn't there any more
     */
    public boolean abandon(@NonNull String requestId, @NonNull LeaseFailure failure) {
        return registry.change(
                () -> serving.leave(requestId, waiter -> registry.fail(waiter, failure.kind(), failure.message())));
    }

    /**
     * Takes up a lease that was granted before a restart. The node needn't be known yet, and a sub-lease may come before the
     * lease that encloses it (of several levels, come from the outside in). Idempotent; a lease that is there already keeps its
     * devices and gets this holder, as when a queued build has become a running one.
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
        return registry.change(() -> serving.returns().release(leaseId));
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
            serving.serveAll();
        });
    }
}
