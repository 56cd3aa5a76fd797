package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.GrantListener;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import java.time.Duration;
import java.time.Instant;

/**
 * A request on its way to a lease, and how that ends: granted, skipped, refused, timed out or withdrawn, whichever comes
 * first. In memory only; after a restart there is a new one.
 */
public final class LeaseWait implements GrantListener, WaitWatch.Waiting {

    /** Learns how the wait ended, on the executor of the leases; exactly one call, none after {@link #withdraw}. */
    public interface Listener {

        void onGranted(@NonNull Lease lease);

        void onSkipped(@NonNull String reason);

        void onRefused(@NonNull Throwable failure);
    }

    private final LeaseRequest request;
    private final Listener listener;
    private final WaitWatch watch;
    private boolean over;

    /** @param timeout how long it may wait since {@code askedAt}; null for as long as it takes */
    public LeaseWait(
            @NonNull LeaseRequest request,
            @NonNull Instant askedAt,
            @CheckForNull Duration timeout,
            @NonNull LeaseLog log,
            @NonNull Listener listener) {
        this.request = request;
        this.listener = listener;
        watch = new WaitWatch(this, request, askedAt, timeout, log);
    }

    /** Asks now, or after a restart when its turn comes. */
    public void begin(@NonNull Instant askedAt) {
        watch.begin();
        ArrivalOrder.get().join(askedAt, this::ask);
    }

    private void ask() {
        if (!isWaiting()) {
            return;
        }
        try {
            table().request(request, this);
        } catch (IllegalArgumentException e) { // the id is taken: a fault of ours, but not one to hang from
            refuse(e);
        }
        if (!isWaiting()) {
            table().cancel(request.id()); // withdrawn in between
        }
    }

    /** Ends the wait; what is granted at this moment goes back. Idempotent. */
    public void withdraw() {
        if (end()) {
            table().cancel(request.id());
        }
    }

    @Override
    public synchronized boolean isWaiting() {
        return !over;
    }

    private synchronized boolean end() {
        boolean first = !over;
        over = true;
        watch.end();
        return first;
    }

    @Override
    public void onGranted(Lease lease) {
        if (end()) {
            listener.onGranted(lease);
        } else {
            table().release(lease.id());
        }
    }

    @Override
    public void onFailed(LeaseFailure failure) {
        if (failure.kind() != LeaseFailure.Kind.BUSY) {
            refuse(LeaseText.refusal(failure));
        } else if (end()) {
            listener.onSkipped(failure.message());
        }
    }

    private void refuse(Throwable failure) {
        if (end()) {
            listener.onRefused(failure);
        }
    }

    @Override
    public void timedOut(String explanation) {
        if (end()) { // what is granted at this moment goes back
            table().cancel(request.id());
            listener.onRefused(new AbortException(explanation));
        }
    }

    private static LeaseTable table() {
        return GpuLeases.get().table();
    }
}
