package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Node;
import io.jenkins.plugins.gpulease.BudgetListener;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import java.time.Instant;
import java.util.List;
import jenkins.util.Listeners;

/** Takes what a node's probe says of budgets that aren't kept to those who hold the leases. */
final class BudgetReports {

    private BudgetReports() {}

    /**
     * Tells whoever listens.
     *
     * @param view of the node before the probe was asked
     * @param reported by its agent
     */
    static void tell(@NonNull LeaseTable table, @NonNull NodeView view, @NonNull List<OverBudget> reported) {
        if (reported.isEmpty()) {
            return;
        }
        Node node = NodeNames.node(view.node());
        boolean fails = node != null && GpuNodeSettings.of(node).failOverBudget();
        for (OverBudget use : ReportedBudgets.accept(reported, view.leases(), Instant.now())) {
            table.lease(use.lease()).ifPresent(lease -> Listeners.notify(
                    BudgetListener.class, true, listener -> listener.onOverBudget(lease, use, fails)));
        }
    }
}
