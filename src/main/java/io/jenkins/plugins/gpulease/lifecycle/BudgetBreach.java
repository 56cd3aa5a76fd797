package io.jenkins.plugins.gpulease.lifecycle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gpulease.BudgetListener;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import io.jenkins.plugins.gpulease.pipeline.GpuBlock;
import io.jenkins.plugins.gpulease.request.SharedText;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** Tells a block that uses more of a shared device than it promised; it fails if its node is configured so. Its neighbours go on. */
@Extension
public final class BudgetBreach implements BudgetListener {

    private static final Logger LOGGER = Logger.getLogger(BudgetBreach.class.getName());

    @Override
    public void onOverBudget(@NonNull Lease lease, @NonNull OverBudget use, boolean fails) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            RunningPipelines.of(List.of(lease.holder())).forEach(execution -> tell(execution, lease, use, fails));
        }
    }

    private static void tell(FlowExecution execution, Lease lease, OverBudget use, boolean fails) {
        RunningPipelines.blocks(execution)
                .thenAcceptAsync(blocks -> tell(blocks, lease, use, fails), GpuLeases.get().executor())
                .exceptionally(failure -> {
                    LOGGER.log(Level.FINE, failure, () -> execution + " can't be told that " + lease.id() + " exceeds its budget");
                    return null;
                });
    }

    private static void tell(List<GpuBlock> blocks, Lease lease, OverBudget use, boolean fails) {
        blocks.stream()
                .filter(block -> block.leaseId().equals(lease.id()))
                .forEach(block -> block.overBudget(
                        SharedText.overBudget(lease, use),
                        fails ? new AbortException(SharedText.overBudgetFailure(lease, use)) : null));
    }
}
