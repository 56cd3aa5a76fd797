package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Candidates;
import io.jenkins.plugins.gpulease.engine.lease.GrantListener;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.request.ArrivalOrder;
import java.time.Duration;
import java.time.Instant;

/**
 * One attempt of a request to get a lease, from its first item until its items are cancelled. All attempts of a request have its
 * id, so one takes out of the table only what it has put there. The table is called under the monitor of this object, which the
 * table never waits for.
 */
final class Asking implements GrantListener {

    /** For so long an earlier attempt of the same request may keep its id, while its devices are on their way back. */
    private static final Duration MAX_RETURN = Duration.ofMinutes(5);

    private static final Duration TRY_AGAIN = Duration.ofMillis(200);

    private final QueuedRequest request;
    private final Candidates candidates;
    private final Instant askedAt;
    private final long begunNanos = System.nanoTime();
    private boolean ended;

    /** Whether what the table has under the request's id is this attempt's. */
    private boolean asked;

    Asking(@NonNull QueuedRequest request, @NonNull Candidates candidates, @NonNull Instant askedAt) {
        this.request = request;
        this.candidates = candidates;
        this.askedAt = askedAt;
    }

    @NonNull
    Instant askedAt() {
        return askedAt;
    }

    /** Asks now, or after a restart when its turn comes. */
    void begin() {
        ArrivalOrder.get().join(askedAt, this::ask);
    }

    private synchronized void ask() {
        if (ended) {
            return;
        }
        try {
            table().requestAnywhere(request.request(), candidates, this, request.arrivedAt());
            asked = true;
        } catch (IllegalArgumentException e) { // its id is in use: an earlier attempt's devices are on their way back
            askLater(e);
        }
    }

    private void askLater(IllegalArgumentException why) {
        if (System.nanoTime() - begunNanos > MAX_RETURN.toNanos()) {
            request.refused(this, new LeaseFailure(LeaseFailure.Kind.IMPOSSIBLE, String.valueOf(why.getMessage())));
        } else {
            GpuLeases.get().later(TRY_AGAIN, this::ask);
        }
    }

    /** Takes the request out of the order; what it was granted goes back. Idempotent. */
    synchronized void end() {
        ended = true;
        if (asked) {
            asked = false;
            table().cancel(request.request().id());
            table().release(request.request().id());
        }
    }

    @Override
    public void onGranted(Lease lease) {
        request.granted(this, lease);
    }

    @Override
    public void onFailed(LeaseFailure failure) {
        request.refused(this, failure);
    }

    private static LeaseTable table() {
        return GpuLeases.get().table();
    }
}
