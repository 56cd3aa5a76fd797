package io.jenkins.plugins.gpulease.metrics;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.build.LeaseListener;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Duration;
import java.time.Instant;
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
            GpuMetrics.get().granted(between(lease.askedAt(), lease.grantedAt()));
        }
    }

    @Override
    public void onReturned(@NonNull Run<?, ?> run, @NonNull Lease lease, @NonNull Returned returned, @NonNull Instant at) {
        if (!lease.isSubLease()) {
            GpuMetrics.get().returned(between(lease.grantedAt(), at), lease.devices().size());
        }
    }

    /** A clock may have been set back meanwhile. */
    private static Duration between(Instant from, Instant to) {
        Duration time = Duration.between(from, to);
        return time.isNegative() ? Duration.ZERO : time;
    }
}
