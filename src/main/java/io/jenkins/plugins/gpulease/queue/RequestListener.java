package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import java.time.Instant;

/** Who has a {@link QueuedRequest}. Called by the executor of the leases, one call after the other, but for {@link #starting}. */
public interface RequestListener {

    /**
     * It asks from now on, at the place of those that asked when it did first.
     *
     * @param askedAt when it did first
     * @param waitsSince since when it has asked without a break but those of Jenkins: from then on its timeout counts
     */
    void onAsking(@NonNull Instant askedAt, @NonNull Instant waitsSince);

    /** It asks no more: its items were cancelled. */
    void onWithdrawn();

    /** An item starts with the lease: called by the queue, under its lock, before the item runs. Notes that, and no more. */
    void starting(@NonNull Lease lease);

    /** The first item has started, on the lease's node. */
    void onStarted(@NonNull Lease lease);

    /** The lease goes back, because no item started there in time; the request waits on. */
    void onDeclined(@NonNull Lease lease, @NonNull String why);

    /** An item can't start, now or ever. */
    void onRefused(@NonNull LeaseFailure failure);
}
