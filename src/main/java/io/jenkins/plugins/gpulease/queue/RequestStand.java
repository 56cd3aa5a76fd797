package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.lease.Lease;

/**
 * Where a request stands: what it asks with, what it was granted, and where that lets its items start. Guarded by the request's
 * monitor, but for {@link #isOpen}, which the queue asks for each item and each node.
 */
final class RequestStand {

    private RequestState state = RequestState.IDLE;

    /** What it was granted devices by, or asks with; null if it does neither. */
    @CheckForNull
    private Asking asking;

    @CheckForNull
    private Lease lease;

    /** By Jenkins' name; written under the monitor. */
    private volatile String openNode;

    void become(@NonNull RequestState newState, @CheckForNull Asking by, @CheckForNull Lease held) {
        state = newState;
        asking = by;
        lease = held;
        openNode = held == null || newState == RequestState.OVER ? null : NodeNames.jenkinsName(held.node());
    }

    boolean is(@NonNull RequestState one) {
        return state == one;
    }

    @CheckForNull
    Asking asking() {
        return asking;
    }

    @CheckForNull
    Lease lease() {
        return lease;
    }

    /** Whether an item waits for its GPUs, or to start with them. */
    boolean isWaiting() {
        return state == RequestState.ASKING || state == RequestState.GRANTED;
    }

    /** The lease with which its items have started; null if none has. */
    @CheckForNull
    Lease started() {
        return state == RequestState.STARTED ? lease : null;
    }

    boolean isToStartWith(@NonNull Lease granted) {
        return state == RequestState.GRANTED && lease == granted;
    }

    boolean isToStartOn(@NonNull String node) {
        Lease granted = lease;
        return state == RequestState.GRANTED && granted != null && granted.node().equals(node);
    }

    /** Takes no lock and makes no object. */
    boolean isOpen(@NonNull String node) {
        String open = openNode;
        return open != null && open.equals(node);
    }
}
