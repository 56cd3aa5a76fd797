package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/**
 * What a device does at one moment. Null means that the driver can't tell.
 *
 * @param memoryUsed used by processes: without what the driver reserves, where the driver tells them apart
 * @param memoryFree free for new allocations
 * @param usedIncludesReserve the driver is too old to tell its own reserve (up to 1 GiB) from what processes use
 * @param utilization share of the last sample period in which a kernel ran, 0 to 100 %
 * @param memoryUtilization share of the last sample period in which memory was read or written, 0 to 100 %
 * @param temperatureCelsius of the GPU's core
 * @param powerMilliwatts drawn by the board
 * @param throttleReasons names of what slows the clocks down now, such as {@code power cap}; empty if nothing does
 * @param processes everything that uses the device, as far as it can be seen
 * @param health at this moment
 */
public record Reading(
        @NonNull String uuid,
        @NonNull Instant takenAt,
        @CheckForNull MemorySize memoryUsed,
        @CheckForNull MemorySize memoryFree,
        boolean usedIncludesReserve,
        @CheckForNull Integer utilization,
        @CheckForNull Integer memoryUtilization,
        @CheckForNull Integer temperatureCelsius,
        @CheckForNull Integer powerMilliwatts,
        @NonNull List<String> throttleReasons,
        @NonNull List<GpuProcess> processes,
        @NonNull Health health)
        implements Serializable {

    public Reading {
        throttleReasons = List.copyOf(throttleReasons);
        processes = List.copyOf(processes);
    }

    /** A reading of a device that doesn't answer. */
    @NonNull
    public static Reading failed(@NonNull String uuid, @NonNull Instant takenAt, @NonNull String problem) {
        return new Reading(uuid, takenAt, null, null, false, null, null, null, null, List.of(), List.of(), Health.sick(problem));
    }
}
