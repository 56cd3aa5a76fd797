package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/**
 * A lease that shares a device uses more of its memory than it promised to.
 *
 * @param lease its id
 * @param uuid the device
 * @param used by its processes, as far as the driver tells: at least that much
 * @param budget what it promised to stay within
 * @param processes of the lease on the device
 */
public record OverBudget(
        @NonNull String lease,
        @NonNull String uuid,
        @NonNull MemorySize used,
        @NonNull MemorySize budget,
        @NonNull List<GpuProcess> processes,
        @NonNull Instant at)
        implements Serializable {

    public OverBudget {
        processes = List.copyOf(processes);
    }
}
