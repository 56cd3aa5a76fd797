package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a build's leases come to. Those inside another one don't count: their devices are the enclosing lease's. Null means that
 * nobody could tell.
 *
 * @param gpus most that it held at once, for people: {@code 2 × H100}
 * @param waited time in which at least one block waited that was served in the end
 * @param held time in which it held at least one device
 * @param holding whether it holds any now
 * @param meanUtilization 0 to 100 %, over devices and time
 * @param peakMemoryMib of the device that used most
 * @param energyJoules of all devices
 */
@Restricted(NoExternalUse.class)
public record BuildUsage(
        @NonNull String gpus,
        @NonNull Duration waited,
        @NonNull Duration held,
        boolean holding,
        @CheckForNull Integer meanUtilization,
        @CheckForNull Long peakMemoryMib,
        @CheckForNull Double energyJoules) {

    @NonNull
    public static BuildUsage of(@NonNull List<LeaseRecord> leases) {
        List<LeaseRecord> outer = leases.stream().filter(lease -> lease.getParentLease() == null).toList();
        return new BuildUsage(
                MostAtOnce.of(outer),
                Span.covered(outer.stream().map(LeaseRecord::waiting).toList()),
                Span.covered(outer.stream().map(LeaseRecord::holding).toList()),
                outer.stream().anyMatch(LeaseRecord::isHeld),
                utilization(outer),
                outer.stream().map(LeaseRecord::getPeakMemoryMib).filter(Objects::nonNull).max(Long::compareTo).orElse(null),
                outer.stream().map(LeaseRecord::getEnergyJoules).filter(Objects::nonNull).reduce(Double::sum).orElse(null));
    }

    @CheckForNull
    private static Integer utilization(List<LeaseRecord> leases) {
        double used = 0;
        double available = 0;
        for (LeaseRecord lease : leases) {
            Integer mean = lease.getMeanUtilization();
            if (mean != null) {
                double weight = Math.max(1.0, lease.getHeldMillis()) * lease.getDevices().size();
                used += weight * mean;
                available += weight;
            }
        }
        return available == 0 ? null : Integer.valueOf((int) Math.round(used / available));
    }

    /** For people: {@code 2 × H100, 12 min, 41 % used}. */
    @NonNull
    public String text() {
        String time = ReadableTime.of(held);
        return holding
                ? Messages.BuildUsage_holding(gpus, time)
                : meanUtilization == null
                        ? Messages.BuildUsage_held(gpus, time)
                        : Messages.BuildUsage_used(gpus, time, meanUtilization.toString());
    }

    @NonNull
    public String waitedText() {
        return ReadableTime.of(waited);
    }

    @NonNull
    public String heldText() {
        return ReadableTime.of(held);
    }

    /** For people; empty if unknown. */
    @NonNull
    public String peakMemoryText() {
        return peakMemoryMib == null ? "" : MemorySize.ofMib(peakMemoryMib).toString();
    }

    /** For people; null if unknown. */
    @CheckForNull
    public String energy() {
        return new UsageSummary(null, null, null, energyJoules).energy();
    }
}
