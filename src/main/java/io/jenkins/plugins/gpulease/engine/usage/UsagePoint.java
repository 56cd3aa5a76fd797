package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;

/**
 * One point of a device's course: the mean over the time since the point before.
 *
 * @param secondsIn since the lease began
 * @param memoryMib memory used, peak within the time covered; null if unknown
 * @param utilization 0 to 100 %, mean; null if unknown
 */
public record UsagePoint(int secondsIn, @CheckForNull Long memoryMib, @CheckForNull Integer utilization)
        implements Serializable {}
