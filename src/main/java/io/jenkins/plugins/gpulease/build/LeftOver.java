package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with devices that came back, for people. */
public final class LeftOver {

    /** More processes than that say nothing more. */
    private static final int MAX_PROCESSES = 10;

    private LeftOver() {}

    /** A line for each device that isn't clean, in the lease's order. */
    @NonNull
    public static List<String> in(@NonNull Returned returned, @NonNull Lease lease) {
        List<String> lines = new ArrayList<>();
        for (Device device : lease.devices()) {
            Verdict verdict = returned.verdicts().get(device.uuid());
            if (verdict != null && !verdict.isClean()) {
                lines.add(line(device, verdict));
            }
        }
        return lines;
    }

    private static String line(Device device, Verdict verdict) {
        String name = "GPU " + device.index() + " (" + device.uuid() + ")";
        int count = verdict.processes().size();
        if (count == 0) {
            return Messages.LeftOver_notClean(name, verdict.reason());
        }
        String processes = verdict.processes().stream()
                .limit(MAX_PROCESSES)
                .map(GpuProcess::toString)
                .collect(Collectors.joining(", "));
        String more = count > MAX_PROCESSES ? ", …" : "";
        return count == 1
                ? Messages.LeftOver_oneProcess(name, processes)
                : Messages.LeftOver_processes(Integer.toString(count), name, processes + more);
    }
}
