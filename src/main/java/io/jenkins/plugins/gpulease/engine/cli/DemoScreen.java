package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws the demo: GPUs with who has them, jobs with how far they are or in which place they wait and for whom. */
final class DemoScreen {

    private static final int BAR = 20;

    private DemoScreen() {}

    @NonNull
    static List<String> lines(@NonNull NodeView view, @NonNull List<Reading> readings, @NonNull List<DemoJob> jobs) {
        List<String> lines = new ArrayList<>();
        lines.add("gpu-lease demo: " + jobs.size() + " jobs contend for " + view.devices().size() + " simulated GPUs   (q ends)");
        lines.add("");
        lines.addAll(devices(view, readings));
        lines.add("");
        lines.addAll(jobs(view, jobs));
        return lines;
    }

    private static List<String> devices(NodeView view, List<Reading> readings) {
        TextTable table = new TextTable("GPU", "MODEL", "UTILISATION", "MEMORY", "STATE");
        for (DeviceView device : view.devices()) {
            Reading reading = readings.stream()
                    .filter(any -> any.uuid().equals(device.device().uuid()))
                    .findFirst()
                    .orElse(null);
            table.add(Integer.toString(device.device().index()), device.device().model(), utilization(reading),
                    memory(reading, device.device().memory()), state(device));
        }
        return table.lines();
    }

    private static String utilization(Reading reading) {
        Integer utilization = reading == null ? null : reading.utilization();
        return utilization == null ? "?" : bar(utilization / 100.0) + String.format(Locale.ROOT, " %3d %%", utilization);
    }

    private static String memory(Reading reading, MemorySize total) {
        return reading == null ? "?" : HostTable.memory(reading.memoryUsed(), total);
    }

    private static String state(DeviceView device) {
        return device.lease() == null
                ? device.state().name().toLowerCase(Locale.ROOT) + (device.reason() == null ? "" : ": " + device.reason())
                : device.state().name().toLowerCase(Locale.ROOT) + ": " + device.lease();
    }

    private static List<String> jobs(NodeView view, List<DemoJob> jobs) {
        TextTable table = new TextTable("JOB", "GPUS", "PROGRESS", "");
        for (DemoJob job : jobs) {
            table.add(job.plan().name(), Integer.toString(job.plan().gpus()), bar(job.progress()), standing(view, job));
        }
        return table.lines();
    }

    private static String standing(NodeView view, DemoJob job) {
        Lease lease = job.lease();
        if (job.isOver()) {
            return job.hasFailed() ? "failed" : "done";
        }
        if (lease != null) {
            return "runs on GPU " + DemoJob.numbers(lease);
        }
        return view.waiters().stream()
                .filter(waiter -> waiter.request().id().equals(job.plan().name()))
                .findFirst()
                .map(waiter -> waiting(view, waiter))
                .orElse(job.askedAt() == null ? "" : "is being given GPUs");
    }

    private static String waiting(NodeView view, WaiterView waiter) {
        List<String> holders = view.leases().stream().map(lease -> lease.holder().name()).toList();
        return "waits " + ReadableTime.of(Duration.between(waiter.since(), Instant.now())) + ", place " + waiter.place() + " of " + waiter.of()
                + (waiter.overtaken() > 0 ? ", overtaken " + waiter.overtaken() + " times" : "")
                + (holders.isEmpty() ? "" : ", for " + String.join(", ", holders));
    }

    private static String bar(double share) {
        int full = (int) Math.round(share * BAR);
        return "█".repeat(full) + "·".repeat(BAR - full);
    }
}
