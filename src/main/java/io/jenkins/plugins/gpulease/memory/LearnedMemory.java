package io.jenkins.plugins.gpulease.memory;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Job;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.gpulease.build.LeaseListener;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.AutoMemory;
import io.jenkins.plugins.gpulease.engine.usage.PeakLesson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What builds that succeeded teach about the memory that the next ones need. Thread-safe. */
@Extension
@Restricted(NoExternalUse.class)
public final class LearnedMemory {

    /** Jobs that were asked for; read from their files once, and forgotten with them. */
    private final Map<Job<?, ?>, JobMemory> jobs = new WeakHashMap<>();

    private volatile AutoMemory settings = AutoMemory.DEFAULT;

    @NonNull
    public static LearnedMemory get() {
        return ExtensionList.lookupSingleton(LearnedMemory.class);
    }

    @NonNull
    public AutoMemory settings() {
        return settings;
    }

    /** Counts for blocks that begin from now on. */
    public void set(@NonNull AutoMemory newSettings) {
        settings = newSettings;
    }

    /**
     * What earlier builds used, oldest first. Reads a small file if it is the first question about the job.
     *
     * @param block its name within a build; empty for the build as a whole
     */
    @NonNull
    public List<PeakLesson> lessons(@NonNull Job<?, ?> job, @NonNull String block) {
        return of(job).lessons(job, block);
    }

    private JobMemory of(Job<?, ?> job) {
        synchronized (jobs) {
            return jobs.computeIfAbsent(job, any -> new JobMemory());
        }
    }

    /** Collects what leases used. */
    @Extension
    public static final class Leases implements LeaseListener {

        @Override
        public void onReturned(Run<?, ?> run, Lease lease, Returned returned, Instant at) {
            BuildLessons.returned(run, lease, returned);
        }
    }

    /** Builds that end: those that failed may have used less than they needed. */
    @Extension
    public static final class Builds extends RunListener<Run<?, ?>> {

        @Override
        public void onCompleted(Run<?, ?> run, @NonNull TaskListener listener) {
            Map<String, BlockPeak> peaks = BuildLessons.peaks(run);
            if (run.getResult() == Result.SUCCESS && !peaks.isEmpty()) {
                get().of(run.getParent()).teach(run.getParent(), peaks);
            }
        }
    }
}
