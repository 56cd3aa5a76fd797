package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.ArrayList;
import java.util.List;

/**
 * The course of a device in a bounded number of points: when they are full, neighbours are merged, and from then on each
 * point covers twice as many readings. So a lease of any length is covered from its beginning to its end, evenly.
 */
final class Course {

    private final int maxPoints;
    private List<Stretch> stretches = new ArrayList<>();
    private int readingsPerStretch = 1;

    /** @param maxPoints an even number */
    Course(int maxPoints) {
        this.maxPoints = maxPoints;
    }

    void add(int secondsIn, double seconds, @CheckForNull Long memoryBytes, @CheckForNull Integer utilization) {
        Stretch current = stretches.isEmpty() ? null : stretches.get(stretches.size() - 1);
        if (current == null || current.readings >= readingsPerStretch) {
            if (stretches.size() == maxPoints) {
                halve();
            }
            current = new Stretch();
            stretches.add(current);
        }
        current.add(secondsIn, seconds, memoryBytes, utilization);
    }

    private void halve() {
        List<Stretch> merged = new ArrayList<>();
        for (int i = 0; i < stretches.size(); i += 2) {
            Stretch stretch = stretches.get(i);
            stretch.add(stretches.get(i + 1));
            merged.add(stretch);
        }
        stretches = merged;
        readingsPerStretch *= 2;
    }

    @NonNull
    List<UsagePoint> points() {
        return stretches.stream().map(Stretch::point).toList();
    }

    /** Consecutive readings that make one point. */
    private static final class Stretch {
        private final WeightedMean memory = new WeightedMean();
        private final WeightedMean utilization = new WeightedMean();
        private int readings;
        private int endsAt;

        void add(int secondsIn, double seconds, @CheckForNull Long memoryBytes, @CheckForNull Integer percent) {
            memory.add(memoryBytes, seconds);
            utilization.add(percent, seconds);
            readings++;
            endsAt = secondsIn;
        }

        void add(Stretch next) {
            memory.add(next.memory);
            utilization.add(next.utilization);
            readings += next.readings;
            endsAt = next.endsAt;
        }

        UsagePoint point() {
            Long bytes = memory.peak();
            Long percent = utilization.mean();
            return new UsagePoint(
                    endsAt,
                    bytes == null ? null : MemorySize.ofBytes(bytes).mib(),
                    percent == null ? null : percent.intValue());
        }
    }
}
