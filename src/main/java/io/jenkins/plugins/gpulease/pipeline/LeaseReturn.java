package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.request.GpuLoss;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import io.jenkins.plugins.gpulease.request.LeaseText;
import java.time.Duration;
import java.time.Instant;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The way back of a block's devices after its body: the lease ends at once, whatever the agent does; then the custodian has a
 * look, the log and the build tell what it saw, and the step ends as its body did.
 */
final class LeaseReturn {

    private final StepContext context;
    private final LeaseLog log;
    private final Lease lease;
    private final Duration held;

    LeaseReturn(@NonNull StepContext context, @NonNull LeaseLog log, @NonNull Lease lease) {
        this.context = context;
        this.log = log;
        this.lease = lease;
        held = Duration.between(lease.grantedAt(), Instant.now());
    }

    /** Ends the lease; returns at once. */
    void begin(@NonNull BodyOutcome outcome) {
        BuildLeases.release(lease.id())
                .thenAcceptAsync(returned -> finish(outcome, returned), GpuLeases.get()::begin);
    }

    /** Ends a block whose devices were on their way back when Jenkins was restarted: what came back is unknown. */
    void endAfterRestart(@NonNull BodyOutcome outcome) {
        log.write(LeaseText.returnedOverRestart(lease));
        BlockBuild.returned(context, lease.id(), BuildLeases.UNKNOWN);
        outcome.completeAfterRestart(context);
    }

    private void finish(BodyOutcome outcome, Returned returned) {
        log.writeReturned(lease, held, returned);
        BlockBuild.returned(context, lease.id(), returned);
        Throwable loss = loss(outcome.failure(), returned);
        log.then(() -> {
            if (loss == null) {
                outcome.complete(context);
            } else {
                context.onFailure(loss);
            }
        });
    }

    /** A body that failed on a GPU that is sick now has probably failed of it. An interruption stays one. */
    @CheckForNull
    private Throwable loss(@CheckForNull Throwable failure, Returned returned) {
        if (failure == null || failure instanceof FlowInterruptedException) {
            return null;
        }
        for (Device device : lease.devices()) {
            Verdict verdict = returned.verdicts().get(device.uuid());
            if (verdict != null && verdict.condition() == Verdict.Condition.SICK) {
                return GpuLoss.failure(LeaseText.lost(device, lease.node(), verdict)).initCause(failure);
            }
        }
        return null;
    }
}
