package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.List;

/**
 * What the processes of one lease use of one device.
 *
 * @param atLeast what the driver tells of them, added up
 * @param complete whether it tells of each of them
 */
public record LeaseMemory(@NonNull MemorySize atLeast, boolean complete, @NonNull List<GpuProcess> processes) {

    public LeaseMemory {
        processes = List.copyOf(processes);
    }

    @NonNull
    static LeaseMemory of(@NonNull List<GpuProcess> processes) {
        MemorySize sum = MemorySize.ZERO;
        boolean complete = true;
        for (GpuProcess process : processes) {
            complete &= process.memory() != null;
            sum = process.memory() == null ? sum : sum.plus(process.memory());
        }
        return new LeaseMemory(sum, complete, processes);
    }
}
