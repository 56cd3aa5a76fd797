package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Objects;

/**
 * What came of the demo.
 *
 * @param done jobs that ended well
 * @param leftLeases must be 0
 * @param leftWaiters must be 0
 */
record DemoSummary(
        int done, int jobs, @NonNull Duration took, @NonNull Duration meanWait, @NonNull Duration longestWait, int workingPercent,
        int leftLeases, int leftWaiters) {

    @NonNull
    static DemoSummary of(@NonNull List<DemoJob> jobs, @NonNull NodeView view, @NonNull Duration took) {
        LongSummaryStatistics waits = jobs.stream()
                .map(DemoJob::lease)
                .filter(Objects::nonNull)
                .mapToLong(lease -> Duration.between(lease.askedAt(), lease.grantedAt()).toMillis())
                .summaryStatistics();
        long work = jobs.stream()
                .filter(job -> job.isOver() && !job.hasFailed())
                .mapToLong(job -> job.plan().gpus() * job.plan().work().toMillis())
                .sum();
        long capacity = Math.max(1, took.toMillis() * view.devices().size());
        return new DemoSummary((int) jobs.stream().filter(job -> job.isOver() && !job.hasFailed()).count(), jobs.size(), took,
                Duration.ofMillis((long) waits.getAverage()), Duration.ofMillis(Math.max(0, waits.getMax())),
                (int) (100 * work / capacity), view.leases().size(), view.waiters().size());
    }

    boolean isGood() {
        return done == jobs && leftLeases == 0 && leftWaiters == 0;
    }

    @NonNull
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(done + " of " + jobs + " jobs done in " + ReadableTime.of(took));
        lines.add("waits: " + ReadableTime.of(meanWait) + " on average, " + ReadableTime.of(longestWait) + " at most");
        lines.add("GPUs at work: " + workingPercent + " % of the time");
        lines.add("left over: " + leftLeases + " leases, " + leftWaiters + " waiters");
        return lines;
    }
}
