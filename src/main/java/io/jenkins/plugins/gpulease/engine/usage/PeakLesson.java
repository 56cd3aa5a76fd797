package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;

/**
 * What a build that succeeded teaches about the memory that a block of it needs.
 *
 * @param build its number
 * @param peak of the device that used most, at most {@link #MOST}
 * @param total memory of that lease's largest device; null if the driver can't tell
 */
public record PeakLesson(int build, @NonNull MemorySize peak, @CheckForNull MemorySize total) {

    /** No device has more, whatever an agent says: 1 PiB. */
    public static final MemorySize MOST = MemorySize.ofBytes(1L << 50);

    public PeakLesson {
        if (peak.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("A peak of " + peak + " makes no sense");
        }
    }
}
