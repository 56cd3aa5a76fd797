package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import io.jenkins.plugins.gpulease.engine.usage.UsagePoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What an agent reports about the use of a lease's devices, made fit for the controller. Pure. */
final class ReportedUsage {

    private static final int MAX_POINTS = 200;
    private static final Duration LONGEST = Duration.ofDays(3650);

    private ReportedUsage() {}

    /** The usage of the lease's devices, and of no others; unknown if nothing of it can be believed. */
    @NonNull
    static LeaseUsage accept(@CheckForNull LeaseUsage reported, @NonNull List<String> uuids) {
        if (reported == null || reported.held() == null || !reported.isKnown()) {
            return LeaseUsage.UNKNOWN;
        }
        Set<String> expected = new LinkedHashSet<>(uuids);
        List<DeviceUsage> devices = new ArrayList<>();
        for (DeviceUsage device : reported.devices()) {
            if (expected.remove(device.uuid())) {
                devices.add(device(device));
            }
        }
        return new LeaseUsage(held(reported.held()), devices);
    }

    private static Duration held(Duration reported) {
        return reported.isNegative() ? Duration.ZERO : reported.compareTo(LONGEST) > 0 ? LONGEST : reported;
    }

    private static DeviceUsage device(DeviceUsage reported) {
        return new DeviceUsage(
                reported.uuid(),
                Math.max(0, reported.samples()),
                reported.peakMemory(),
                reported.meanMemory(),
                percent(reported.meanUtilization()),
                percent(reported.peakUtilization()),
                energy(reported.energyJoules()),
                amount(reported.throttledSeconds()),
                reported.points().stream().limit(MAX_POINTS).map(ReportedUsage::point).toList());
    }

    @CheckForNull
    private static Double energy(@CheckForNull Double reported) {
        return reported == null ? null : Double.valueOf(amount(reported));
    }

    private static UsagePoint point(UsagePoint reported) {
        return new UsagePoint(Math.max(0, reported.secondsIn()), mebibytes(reported.memoryMib()), percent(reported.utilization()));
    }

    @CheckForNull
    private static Long mebibytes(@CheckForNull Long reported) {
        return reported == null ? null : Long.valueOf(Math.max(0, reported));
    }

    @CheckForNull
    private static Integer percent(@CheckForNull Integer reported) {
        return reported == null ? null : Integer.valueOf(Math.max(0, Math.min(100, reported)));
    }

    private static double amount(double reported) {
        return Double.isFinite(reported) && reported > 0 ? Math.min(reported, 1e15) : 0;
    }
}
