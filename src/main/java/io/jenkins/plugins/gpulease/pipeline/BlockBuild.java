package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.memory.BuildLessons;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** The build that a block is in: who it says it is, what it notes of its leases, and whether it still runs. */
final class BlockBuild {

    private static final Logger LOGGER = Logger.getLogger(BlockBuild.class.getName());

    private BlockBuild() {}

    @NonNull
    static Holder holder(@NonNull StepContext context, @NonNull String leaseId) throws IOException, InterruptedException {
        return BuildHolder.of(context.get(Run.class), BranchName.around(context), leaseId);
    }

    /** A lease from before a restart, held by its build as that is called now; as it was called then if that can't be read. */
    @NonNull
    static Lease resumed(@NonNull StepContext context, @NonNull StoredLease stored) {
        Lease lease = stored.toLease();
        try {
            return lease.heldBy(holder(context, lease.id()));
        } catch (IOException | InterruptedException | RuntimeException e) { // its body runs: nobody else may get the devices
            LOGGER.log(Level.WARNING, e, () -> "Could not read where GPU lease " + lease.id() + " of " + lease.holder().name() + " is held");
            return lease;
        }
    }

    /** @param asked what was asked for, for people */
    static void granted(@NonNull StepContext context, @NonNull StoredLease lease, @NonNull String asked) {
        try {
            GpuLeasesAction.granted(context.get(Run.class), lease, asked);
            BuildLessons.granted(context.get(Run.class), lease.id(), BlockName.around(context));
        } catch (IOException | InterruptedException | RuntimeException e) {
            LOGGER.log(Level.FINE, e, () -> "Could not note a GPU lease of " + context);
        }
    }

    static void returned(@NonNull StepContext context, @NonNull String leaseId, @NonNull Returned returned) {
        try {
            GpuLeasesAction.returned(context.get(Run.class), leaseId, returned);
        } catch (IOException | InterruptedException | RuntimeException e) {
            LOGGER.log(Level.FINE, e, () -> "Could not note the end of GPU lease " + leaseId);
        }
    }

    /** After a hard kill there is nobody to tell, and Pipeline would warn of a build that hangs. */
    static boolean isOver(@NonNull StepContext context) {
        try {
            FlowExecution execution = context.get(FlowExecution.class);
            return execution == null || execution.isComplete();
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.FINE, e, () -> context + " is gone");
            return true;
        }
    }
}
