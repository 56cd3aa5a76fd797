package io.jenkins.plugins.gpulease.wrapper;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Executor;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.BudgetListener;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import io.jenkins.plugins.gpulease.request.SharedText;
import java.io.Serializable;
import java.util.Objects;
import jenkins.model.CauseOfInterruption;

/** Tells a build that uses more of a shared device than it promised; it fails if its node is configured so. Its neighbours go on. */
@Extension
public final class BudgetOfBuild implements BudgetListener {

    @Override
    public void onOverBudget(@NonNull Lease lease, @NonNull OverBudget use, boolean fails) {
        HoldingBuilds.get().write(lease.id(), SharedText.overBudget(lease, use));
        Run<?, ?> build = fails ? HoldingBuilds.get().buildOf(lease.id()) : null;
        Executor executor = build == null ? null : build.getExecutor();
        if (executor != null) {
            executor.interrupt(Result.FAILURE, new Broken(SharedText.overBudgetFailure(lease, use)));
        }
    }

    /** Why a build was stopped; stored with it. */
    static final class Broken extends CauseOfInterruption implements Serializable {

        private static final long serialVersionUID = 1L;

        private final String description;

        Broken(String description) {
            this.description = description;
        }

        @Override
        public String getShortDescription() {
            return description;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Broken broken && broken.description.equals(description);
        }

        @Override
        public int hashCode() {
            return Objects.hashCode(description);
        }
    }
}
