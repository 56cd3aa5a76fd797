package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * A lease as it counts in a report.
 *
 * @param job full name of the job that held it
 * @param size number of devices
 * @param devices the same, but of a shared device only the part that the lease's budget is of its memory
 * @param utilization mean, 0 to 1; null if nobody could measure it
 */
public record LeaseSpan(
        @NonNull String job,
        int size,
        double devices,
        @NonNull Instant askedAt,
        @NonNull Instant grantedAt,
        @NonNull Instant endedAt,
        @CheckForNull Double utilization) {

    /** @param end when it ended; now, for one that is held */
    @NonNull
    public static LeaseSpan of(@NonNull String job, @NonNull Lease lease, @NonNull LeaseUsage usage, @NonNull Instant end) {
        OptionalDouble percent = usage.devices().stream()
                .map(DeviceUsage::meanUtilization)
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .average();
        return new LeaseSpan(
                job,
                lease.devices().size(),
                lease.devices().stream().mapToDouble(device -> part(lease, device)).sum(),
                lease.askedAt(),
                lease.grantedAt(),
                end,
                percent.isPresent() ? Double.valueOf(percent.getAsDouble() / 100) : null);
    }

    private static double part(Lease lease, Device device) {
        MemorySize budget = lease.budget();
        MemorySize total = device.memory();
        return budget == null || total == null || total.bytes() == 0
                ? 1
                : Math.min(1, (double) budget.bytes() / total.bytes());
    }

    /** How long it waited; zero if a clock was set back. */
    @NonNull
    Duration waited() {
        Duration waited = Duration.between(askedAt, grantedAt);
        return waited.isNegative() ? Duration.ZERO : waited;
    }

    /** For so many seconds of it. */
    @NonNull
    JobSums sums(double seconds) {
        double held = devices * seconds;
        return utilization == null ? new JobSums(held, 0, 0) : new JobSums(held, held, held * utilization);
    }
}
