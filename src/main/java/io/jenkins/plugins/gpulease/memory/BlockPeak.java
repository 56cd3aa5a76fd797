package io.jenkins.plugins.gpulease.memory;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.PeakLesson;
import java.io.Serializable;
import java.util.Optional;

/** What a block of one build used, as it is stored with the build and with its job. Immutable. */
final class BlockPeak implements Serializable {

    private static final long serialVersionUID = 1L;

    private final int build;
    private final long peakBytes;

    /** Of the largest device. */
    @CheckForNull
    private final Long totalBytes;

    BlockPeak(int build, long peakBytes, @CheckForNull Long totalBytes) {
        this.build = build;
        this.peakBytes = peakBytes;
        this.totalBytes = totalBytes;
    }

    int build() {
        return build;
    }

    /** The higher peak, and the larger device. */
    @NonNull
    BlockPeak and(@CheckForNull BlockPeak other) {
        if (other == null) {
            return this;
        }
        Long total = totalBytes == null || other.totalBytes == null ? null : Long.valueOf(Math.max(totalBytes, other.totalBytes));
        return new BlockPeak(build, Math.max(peakBytes, other.peakBytes), total);
    }

    /** Empty for what makes no sense, as no device has so much. */
    @NonNull
    Optional<PeakLesson> lesson() {
        boolean makesSense = peakBytes > 0
                && peakBytes <= PeakLesson.MOST.bytes()
                && (totalBytes == null || totalBytes >= peakBytes);
        return makesSense
                ? Optional.of(new PeakLesson(
                        build, MemorySize.ofBytes(peakBytes), totalBytes == null ? null : MemorySize.ofBytes(totalBytes)))
                : Optional.empty();
    }
}
