package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.time.Duration;
import java.time.Instant;

/** Adds up the readings of one device during one lease. */
final class DeviceRecorder {

    private final String uuid;
    private final Instant start;
    private final WeightedMean memory = new WeightedMean();
    private final WeightedMean utilization = new WeightedMean();
    private final Course course = new Course(UsageRecorder.MAX_POINTS);
    private Instant last;
    private Integer lastMilliwatts;
    private double joules;
    private boolean powerKnown;
    private double throttledSeconds;
    private int samples;

    DeviceRecorder(@NonNull String uuid, @NonNull Instant start) {
        this.uuid = uuid;
        this.start = start;
        this.last = start;
    }

    void record(@NonNull Reading reading) {
        // A clock that was set back must not take time away.
        double seconds = Math.max(0, seconds(last, reading.takenAt()));
        last = reading.takenAt();
        addEnergy(reading.powerMilliwatts(), seconds);
        if (!reading.throttleReasons().isEmpty()) {
            throttledSeconds += seconds;
        }
        if (tellsNothing(reading)) {
            return;
        }
        samples++;
        Long bytes = reading.memoryUsed() == null ? null : reading.memoryUsed().bytes();
        memory.add(bytes, seconds);
        utilization.add(reading.utilization(), seconds);
        course.add((int) Math.max(0, seconds(start, last)), seconds, bytes, reading.utilization());
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    private static boolean tellsNothing(Reading reading) {
        return reading.memoryUsed() == null && reading.utilization() == null && reading.powerMilliwatts() == null;
    }

    /** Trapezoid rule; time next to a reading without power adds nothing, as nobody knows. */
    private void addEnergy(@CheckForNull Integer milliwatts, double seconds) {
        if (milliwatts != null && lastMilliwatts != null) {
            joules += (milliwatts + lastMilliwatts) / 2000.0 * seconds;
        }
        powerKnown |= milliwatts != null;
        lastMilliwatts = milliwatts;
    }

    @NonNull
    DeviceUsage usage() {
        return new DeviceUsage(
                uuid,
                samples,
                size(memory.peak()),
                size(memory.mean()),
                percent(utilization.mean()),
                percent(utilization.peak()),
                powerKnown ? joules : null,
                throttledSeconds,
                course.points());
    }

    @CheckForNull
    private static MemorySize size(@CheckForNull Long bytes) {
        return bytes == null ? null : MemorySize.ofBytes(bytes);
    }

    @CheckForNull
    private static Integer percent(@CheckForNull Long value) {
        return value == null ? null : value.intValue();
    }
}
