package io.jenkins.plugins.gpulease.metrics;

import com.codahale.metrics.Timer;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.build.LeaseListener;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Measures how long builds wait for their leases and hold them. */
@OptionalExtension(requirePlugins = "metrics")
@Restricted(NoExternalUse.class)
public final class LeaseTimes implements LeaseListener {

    @Override
    public void onGranted(@NonNull Run<?, ?> run, @NonNull Lease lease) {
        if (!lease.isSubLease()) {
            update(GpuMetrics.get().waitTimer(), lease.askedAt(), lease.grantedAt());
        }
    }

    @Override
    public void onReturned(@NonNull Run<?, ?> run, @NonNull Lease lease, @NonNull Returned returned, @NonNull Instant at) {
        if (!lease.isSubLease()) {
            update(GpuMetrics.get().heldTimer(), lease.grantedAt(), at);
        }
    }

    /** A clock may have been set back meanwhile. */
    private static void update(Timer timer, Instant from, Instant to) {
        timer.update(Math.max(0, Duration.between(from, to).toMillis()), TimeUnit.MILLISECONDS);
    }
}
