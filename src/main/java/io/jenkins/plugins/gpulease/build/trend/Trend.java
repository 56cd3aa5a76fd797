package io.jenkins.plugins.gpulease.build.trend;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.build.BuildUsage;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the newest builds of a job did with GPUs. It holds on to no build.
 *
 * @param builds that leased any, oldest first
 * @param looked number of builds that were looked at, with or without leases
 * @param cut whether it took too long to look at all that should have been
 */
@Restricted(NoExternalUse.class)
public record Trend(@NonNull List<Build> builds, int looked, boolean cut) {

    /** Builds that are looked at. */
    static final int MAX_BUILDS = 50;

    /** After that time no further build is loaded. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A build with leases. */
    public record Build(int number, @NonNull String name, @NonNull BuildUsage usage) {}

    public Trend {
        builds = List.copyOf(builds);
    }

    /** Loads builds from disk; takes seconds at most, unless one of them alone takes longer. */
    @NonNull
    static Trend of(@NonNull Job<?, ?> job) {
        return of(job, MAX_BUILDS);
    }

    /** @param most number of builds that are looked at */
    @NonNull
    static Trend of(@NonNull Job<?, ?> job, int most) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<Build> builds = new ArrayList<>();
        int looked = 0;
        for (Run<?, ?> run : job.getBuilds().limit(most)) {
            if (looked > 0 && System.nanoTime() - end > 0) {
                Collections.reverse(builds);
                return new Trend(builds, looked, true);
            }
            looked++;
            GpuLeasesAction leases = run.getAction(GpuLeasesAction.class);
            if (leases != null && !leases.getLeases().isEmpty()) {
                builds.add(new Build(run.getNumber(), run.getDisplayName(), BuildUsage.of(leases.getLeases())));
            }
        }
        Collections.reverse(builds);
        return new Trend(builds, looked, false);
    }

    @NonNull
    public List<Build> getNewestFirst() {
        List<Build> reversed = new ArrayList<>(builds);
        Collections.reverse(reversed);
        return reversed;
    }

    /** Null if there is nothing to draw. */
    @CheckForNull
    public TrendChart getChart() {
        return builds.isEmpty() ? null : new TrendChart(builds);
    }
}
