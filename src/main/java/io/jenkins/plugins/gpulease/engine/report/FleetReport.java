package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the fleet did in some hours.
 *
 * @param from a full hour
 * @param deviceHours by use, for all uses; only of the time in which somebody counted
 * @param utilization mean while leased, 0 to 100 %, of the leases that ended and were measured; null if there is none
 * @param waits of the leases that were granted, smallest size first; sizes without any are left out
 * @param byHours jobs that held most, at most {@value #MAX_JOBS}
 * @param byWaste jobs that wasted most, likewise
 * @param jobHours device-hours of all jobs together
 */
public record FleetReport(
        @NonNull Instant from,
        @NonNull Instant to,
        @NonNull Map<DeviceUse, Double> deviceHours,
        @CheckForNull Integer utilization,
        @NonNull List<Waits> waits,
        @NonNull List<JobLine> byHours,
        @NonNull List<JobLine> byWaste,
        double jobHours) {

    public static final int MAX_JOBS = 10;

    public FleetReport {
        deviceHours = Map.copyOf(deviceHours);
        waits = List.copyOf(waits);
        byHours = List.copyOf(byHours);
        byWaste = List.copyOf(byWaste);
    }

    /**
     * How long requests of one size waited.
     *
     * @param leases their number
     * @param p50 median, in seconds
     * @param p95 what 95 of 100 didn't exceed, in seconds
     */
    public record Waits(@NonNull SizeClass size, long leases, double p50, double p95) {}

    /**
     * What a job held.
     *
     * @param job its full name
     * @param hours device-hours
     * @param utilization 0 to 100 %; null if nobody could measure it
     * @param waste device-hours without the part in which the devices did something, of the measured leases
     */
    public record JobLine(@NonNull String job, double hours, @CheckForNull Integer utilization, double waste) {}
}
