package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Instant;
import jenkins.util.Listeners;

/** Learns of the leases of builds: once when each is granted, once when it came back. Quick, and without I/O. */
public interface LeaseListener extends ExtensionPoint {

    /** Called before the block, or the build, goes on with the lease; after a restart only if a crash lost its record. */
    default void onGranted(@NonNull Run<?, ?> run, @NonNull Lease lease) {}

    /** Called before the block goes on, unless that ended while Jenkins was restarted. */
    default void onReturned(@NonNull Run<?, ?> run, @NonNull Lease lease, @NonNull Returned returned, @NonNull Instant at) {}

    /** One that fails keeps nobody from anything. */
    static void tellGranted(@NonNull Run<?, ?> run, @NonNull Lease lease) {
        Listeners.notify(LeaseListener.class, false, listener -> listener.onGranted(run, lease));
    }

    /** As {@link #tellGranted}. */
    static void tellReturned(@NonNull Run<?, ?> run, @NonNull Lease lease, @NonNull Returned returned, @NonNull Instant at) {
        Listeners.notify(LeaseListener.class, false, listener -> listener.onReturned(run, lease, returned, at));
    }
}
