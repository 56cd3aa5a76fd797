package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an agent reports of budgets that aren't kept, made fit for the controller. Pure. */
final class ReportedBudgets {

    private static final int MAX_REPORTS = 100;

    private record Share(String lease, String uuid) {}

    private ReportedBudgets() {}

    /**
     * The last word on each device of each lease that shares it, and on no others. The budget is what the lease promised, whatever
     * the agent says.
     *
     * @param leases of the node
     */
    @NonNull
    static Collection<OverBudget> accept(@NonNull List<OverBudget> reported, @NonNull List<Lease> leases, @NonNull Instant now) {
        Map<Share, OverBudget> accepted = new LinkedHashMap<>();
        for (OverBudget report : reported.subList(0, Math.min(reported.size(), MAX_REPORTS))) {
            for (Lease lease : leases) {
                MemorySize budget = lease.budget();
                if (budget != null && isOf(lease, report) && exceeds(report.used(), budget)) {
                    accepted.put(new Share(lease.id(), report.uuid()), fit(report, budget, now));
                }
            }
        }
        return accepted.values();
    }

    private static boolean isOf(Lease lease, OverBudget report) {
        return lease.id().equals(report.lease()) && lease.uuids().stream().anyMatch(uuid -> uuid.equals(report.uuid()));
    }

    private static boolean exceeds(@CheckForNull MemorySize used, MemorySize budget) {
        return used != null && !budget.isAtLeast(used);
    }

    private static OverBudget fit(OverBudget report, MemorySize budget, Instant now) {
        return new OverBudget(
                report.lease(), report.uuid(), report.used(), budget, ReportedVerdicts.processes(report.processes()), now);
    }
}
