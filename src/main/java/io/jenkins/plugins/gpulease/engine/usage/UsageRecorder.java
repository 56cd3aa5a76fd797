package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up the readings of one lease. Not thread-safe.
 *
 * <p>A reading stands for the time since the reading before it, so a mean is weighted by how long its values lasted.
 */
public final class UsageRecorder {

    /** Points that the course of a device has at most; beyond, neighbours are merged. */
    public static final int MAX_POINTS = 200;

    private final Instant start;
    private final Map<String, DeviceRecorder> devices = new LinkedHashMap<>();

    /**
     * @param uuids the devices of the lease
     * @param start when the lease began
     */
    public UsageRecorder(@NonNull List<String> uuids, @NonNull Instant start) {
        this.start = start;
        uuids.forEach(uuid -> devices.put(uuid, new DeviceRecorder(uuid, start)));
    }

    /** Takes a reading in; one of another lease's device is ignored. */
    public void record(@NonNull Reading reading) {
        DeviceRecorder device = devices.get(reading.uuid());
        if (device != null) {
            device.record(reading);
        }
    }

    /**
     * What has been recorded. More may be recorded afterwards.
     *
     * @param end when the lease ended
     */
    @NonNull
    public LeaseUsage finish(@NonNull Instant end) {
        Duration held = Duration.between(start, end);
        return new LeaseUsage(
                held.isNegative() ? Duration.ZERO : held,
                devices.values().stream().map(DeviceRecorder::usage).toList());
    }
}
