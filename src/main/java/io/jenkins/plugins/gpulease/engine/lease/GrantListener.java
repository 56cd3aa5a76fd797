package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;

/** Learns how a request ended: exactly one call, on the table's executor, outside its lock; none after a cancellation. */
public interface GrantListener {

    /** The devices are verified and leased until {@link LeaseTable#release}. */
    void onGranted(@NonNull Lease lease);

    void onFailed(@NonNull LeaseFailure failure);
}
