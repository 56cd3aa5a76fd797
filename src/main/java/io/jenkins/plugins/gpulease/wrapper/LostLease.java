package io.jenkins.plugins.gpulease.wrapper;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.init.InitMilestone;
import hudson.model.Executor;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.request.LeaseText;
import java.time.Duration;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;

/**
 * Fails a Pipeline that can't have its lease again after a restart of Jenkins: it would go on with devices that others have. While it
 * is loaded it can't be stopped, so that is done once it runs.
 */
final class LostLease {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Lease lease;
    private final String message;

    private LostLease(Lease lease, String message) {
        this.lease = lease;
        this.message = message;
    }

    /** Returns at once. */
    static void endBuild(@NonNull Lease lease, @NonNull RuntimeException why) {
        new LostLease(lease, LeaseText.plain(Messages.LostLease_lost(why.getMessage()))).later();
    }

    private void later() {
        GpuLeases.get().later(LOOK_EVERY, this::look);
    }

    private void look() {
        Jenkins jenkins = Jenkins.getInstanceOrNull();
        if (jenkins == null || jenkins.isTerminating()) {
            return;
        }
        if (jenkins.getInitLevel() != InitMilestone.COMPLETED) {
            later();
            return;
        }
        boolean allResumed = FlowExecutionList.get().isResumptionComplete();
        Run<?, ?> build = HoldingBuilds.find(lease);
        Executor executor = build == null ? null : build.getExecutor();
        if (executor != null) {
            executor.interrupt(Result.FAILURE, new BudgetOfBuild.Broken(message));
        } else if (!allResumed || build != null && build.isBuilding()) {
            later();
        }
    }
}
