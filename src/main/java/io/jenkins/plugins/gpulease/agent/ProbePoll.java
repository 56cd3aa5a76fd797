package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.probe.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks a node's probe what has changed: whether devices that weren't clean are now, whether the driver reported errors, which
 * leases don't keep their budgets, and, while somebody looks at a page, what the devices are doing. One question at a time.
 * Thread-safe.
 */
final class ProbePoll {

    private final String node;
    private final LeaseTable table;
    private final Executor executor;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile long lastEvent;

    ProbePoll(@NonNull String node, @NonNull LeaseTable table, @NonNull Executor executor) {
        this.node = node;
        this.table = table;
        this.executor = executor;
    }

    /** Another probe counts its events from the start. */
    void restart() {
        lastEvent = 0;
    }

    /** Asks, unless nothing goes on there that anybody wants to know, or a question is still open. */
    @NonNull
    CompletionStage<Void> ask(@NonNull NodeView view) {
        List<String> unclean = view.devices().stream().filter(DeviceView::isUnclean).map(entry -> entry.device().uuid()).toList();
        List<String> read = LiveReadings.get().due(view, Instant.now());
        if (unclean.isEmpty() && view.leases().isEmpty() && read.isEmpty() || !asking.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        return AgentCalls.<ProbeCall.Polled, ProbeCall.Polled>ask(
                        node, new ProbeCall.Poll(node, lastEvent, unclean, read), AgentCalls.DEADLINE, polled -> polled, executor)
                .thenAccept(polled -> {
                    observe(view, unclean, polled.status());
                    keep(read, polled.readings());
                })
                .whenComplete((nothing, failure) -> asking.set(false));
    }

    private void observe(NodeView view, List<String> unclean, Status status) {
        Map<String, Verdict> verdicts = ReportedVerdicts.accept(status.verdicts(), unclean);
        verdicts.putAll(ReportedVerdicts.ofEvents(status.events(), view.inventory().devices()));
        lastEvent = status.lastEvent();
        HealthLogs.get().of(node).xids(
                status.events().subList(0, Math.min(status.events().size(), ReportedVerdicts.MAX_EVENTS)), Instant.now());
        if (!verdicts.isEmpty()) {
            table.observe(node, verdicts);
        }
        BudgetReports.tell(table, view, status.overBudget());
    }

    private void keep(List<String> asked, List<Reading> reported) {
        if (!asked.isEmpty()) {
            Instant now = Instant.now();
            LiveReadings.get().put(node, ReportedReadings.accept(reported, asked, now), now);
        }
    }
}
