package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Serializable;
import java.util.List;

/**
 * What one device did during a lease. Null means that no reading told.
 *
 * @param samples number of readings that went in
 * @param meanUtilization 0 to 100 %, weighted by time
 * @param peakUtilization 0 to 100 %
 * @param energyJoules power integrated over time
 * @param throttledSeconds time during which anything slowed the clocks down
 * @param points its course, at most {@value UsageRecorder#MAX_POINTS} points in the order of time
 */
public record DeviceUsage(
        @NonNull String uuid,
        int samples,
        @CheckForNull MemorySize peakMemory,
        @CheckForNull MemorySize meanMemory,
        @CheckForNull Integer meanUtilization,
        @CheckForNull Integer peakUtilization,
        @CheckForNull Double energyJoules,
        double throttledSeconds,
        @NonNull List<UsagePoint> points)
        implements Serializable {

    public DeviceUsage {
        points = List.copyOf(points);
    }
}
