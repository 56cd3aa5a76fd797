package io.jenkins.plugins.gpulease.build.trend;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The page "GPU usage" of a job, and its box on the job's page; both fetch the trend after they are shown. */
@Restricted(NoExternalUse.class)
public final class GpuTrendAction implements Action {

    /** The page of a job loads more than these for its list of builds. */
    private static final int BUILDS_LOOKED_AT = 5;

    private final Job<?, ?> job;

    GpuTrendAction(@NonNull Job<?, ?> job) {
        this.job = job;
    }

    @NonNull
    public Job<?, ?> getJob() {
        return job;
    }

    /** Whether one of the newest builds leased GPUs. */
    public boolean isUsed() {
        for (Run<?, ?> run : job.getBuilds().limit(BUILDS_LOOKED_AT)) {
            if (run.getAction(GpuLeasesAction.class) != null) {
                return true;
            }
        }
        return false;
    }

    /** Loads builds if nobody has looked lately. */
    @NonNull
    public Trend getTrend() {
        job.checkPermission(Item.READ);
        return TrendCache.get().of(job);
    }

    @CheckForNull
    @Override
    public String getIconFileName() {
        return isUsed() ? "symbol-gpu plugin-gpu-lease" : null;
    }

    @NonNull
    @Override
    public String getDisplayName() {
        return Messages.GpuTrendAction_displayName();
    }

    @NonNull
    @Override
    public String getUrlName() {
        return "gpu-usage";
    }

    /** Adds the page to every job; whether there is a link to it is decided when that is shown. */
    @Extension
    @SuppressWarnings("rawtypes")
    public static final class Factory extends TransientActionFactory<Job> {

        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @NonNull
        @Override
        public Collection<? extends Action> createFor(@NonNull Job target) {
            return List.of(new GpuTrendAction(target));
        }
    }
}
