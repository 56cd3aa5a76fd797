package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Learns of each lease of a build that came back, once, before the block goes on. Quick, and without I/O. */
public interface LeaseListener extends ExtensionPoint {

    void onReturned(@NonNull Run<?, ?> run, @NonNull Lease lease, @NonNull Returned returned, @NonNull Instant at);

    /** Tells all of them; one that fails keeps nobody from anything. */
    static void tellAll(@NonNull Run<?, ?> run, @NonNull Lease lease, @NonNull Returned returned, @NonNull Instant at) {
        for (LeaseListener listener : ExtensionList.lookup(LeaseListener.class)) {
            try {
                listener.onReturned(run, lease, returned, at);
            } catch (RuntimeException | LinkageError e) {
                Logger.getLogger(LeaseListener.class.getName())
                        .log(Level.WARNING, e, () -> listener.getClass() + " could not take in GPU lease " + lease.id());
            }
        }
    }
}
