package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 */
public final class LeaseTable {

    /**
     * @param placement which devices a request gets
     * @param custodian looks at devices before and after a lease
     * @param executor runs listeners and calls to the custodian; must not run them in the calling thread while a caller
     *     holds locks of its own
     */
    public LeaseTable(
            @NonNull Placement placement, @NonNull Custodian custodian, @NonNull Executor executor, @NonNull Clock clock) {
        throw new IllegalStateException();
    }

    // ---- nodes and devices

    /** Takes a node's devices as they were just read; the node is reachable. Devices in leases stay in them. */
    public void setInventory(@NonNull String node, @NonNull Inventory inventory) {
        throw new IllegalStateException();
    }

    /**
     * The node can't be asked now: nothing is handed out there until the next {@link #setInventory}; leases and waiters stay.
     *
     * @param reason for people
     */
    public void setUnreachable(@NonNull String node, @NonNull String reason) {
        throw new IllegalStateException();
    }

    /** The node is gone for good: its leases end, its waiters fail with {@link LeaseFailure.Kind#NODE_REMOVED}. */
    public void removeNode(@NonNull String node) {
        throw new IllegalStateException();
    }

    /**
     * Takes what a later look at devices says: occupied and quarantined ones become idle when clean; idle ones leave the idle
     * ones when not clean. Devices that are offered, leased or returning aren't touched, but for a sick verdict, which
     * puts them into quarantine after their lease.
     */
    public void observe(@NonNull String node, @NonNull Map<String, Verdict> verdicts) {
        throw new IllegalStateException();
    }

    // ---- requests and leases

    /**
     * Puts a request into the order of its node. A node that isn't known yet counts as unreachable, so the request waits.
     *
     * @throws IllegalArgumentException if a lease or request with this id exists
     */
    public void request(@NonNull LeaseRequest request, @NonNull GrantListener listener) {
        throw new IllegalStateException();
    }

    /**
     * Takes a request out of the order.
     *
     * @return false if it isn't there any more: granted, failed, cancelled, or never there
     */
    public boolean cancel(@NonNull String requestId) {
        throw new IllegalStateException();
    }

    /**
     * Takes up a lease that was granted before a restart. The node needn't be known yet. Idempotent.
     *
     * @throws IllegalStateException if another lease holds one of the devices; the message names both
     */
    public void adopt(@NonNull Lease lease) {
        throw new IllegalStateException();
    }

    /**
     * Ends a lease, and sub-leases taken out of it. Idempotent; needs no agent: the lease is gone when this returns.
     *
     * @return what came back, once the custodian has looked; at once and without content if there is no such lease. Never
     *     fails: if the node can't be asked, the usage is unknown and the devices are verified at their next hand-out
     */
    @NonNull
    public CompletionStage<Custodian.Returned> release(@NonNull String leaseId) {
        throw new IllegalStateException();
    }

    /**
     * Holds back all grants, as after a restart until every running build has taken up its leases. Requests are accepted.
     * A new table isn't paused.
     */
    public void pause() {
        throw new IllegalStateException();
    }

    /** Grants again. */
    public void resume() {
        throw new IllegalStateException();
    }

    // ---- views

    @NonNull
    public Optional<NodeView> view(@NonNull String node) {
        throw new IllegalStateException();
    }

    /** All nodes that are known or that something waits for, by name. */
    @NonNull
    public List<NodeView> views() {
        throw new IllegalStateException();
    }

    @NonNull
    public Optional<Lease> lease(@NonNull String leaseId) {
        throw new IllegalStateException();
    }

    /**
     * Why a request waits, for people, in a few lines: what is idle, who holds the rest, what is set aside and why, its
     * place in the order.
     *
     * @return empty if it doesn't wait
     */
    @NonNull
    public List<String> explain(@NonNull String requestId) {
        throw new IllegalStateException();
    }
}
