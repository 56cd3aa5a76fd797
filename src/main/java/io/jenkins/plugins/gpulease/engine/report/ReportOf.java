package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.report.FleetReport.JobLine;
import io.jenkins.plugins.gpulease.engine.report.FleetReport.Waits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Makes a report of sums. Pure functions. */
final class ReportOf {

    private static final double SECONDS_PER_HOUR = 3_600;
    private static final double MEDIAN = 0.5;
    private static final double ALMOST_ALL = 0.95;

    private ReportOf() {}

    @NonNull
    static FleetReport sums(@NonNull HourSums sums, @NonNull Instant from, @NonNull Instant to) {
        Map<DeviceUse, Double> hours = new EnumMap<>(DeviceUse.class);
        for (DeviceUse use : DeviceUse.values()) {
            hours.put(use, sums.uses().getOrDefault(use, 0.0) / SECONDS_PER_HOUR);
        }
        JobSums all = sums.jobs().values().stream().reduce(JobSums.NONE, JobSums::plus);
        return new FleetReport(
                from,
                to,
                hours,
                percent(all),
                waits(sums),
                top(sums, JobSums::held),
                top(sums, JobSums::waste),
                all.held() / SECONDS_PER_HOUR);
    }

    private static List<Waits> waits(HourSums sums) {
        List<Waits> waits = new ArrayList<>();
        sums.waits().forEach((size, bins) -> waits.add(new Waits(
                size,
                bins.values().stream().mapToLong(Integer::longValue).sum(),
                WaitBins.quantile(bins, MEDIAN),
                WaitBins.quantile(bins, ALMOST_ALL))));
        return waits;
    }

    /** Those with nothing to tell aren't listed, nor are those that share a name. */
    private static List<JobLine> top(HourSums sums, ToDoubleFunction<JobSums> measure) {
        Comparator<Map.Entry<String, JobSums>> most =
                Comparator.comparingDouble(entry -> -measure.applyAsDouble(entry.getValue()));
        return sums.jobs().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(HourSums.OTHERS) && measure.applyAsDouble(entry.getValue()) > 0)
                .sorted(most.thenComparing(Map.Entry.comparingByKey()))
                .limit(FleetReport.MAX_JOBS)
                .map(entry -> line(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static JobLine line(String job, JobSums sums) {
        return new JobLine(job, sums.held() / SECONDS_PER_HOUR, percent(sums), sums.waste() / SECONDS_PER_HOUR);
    }

    @CheckForNull
    private static Integer percent(JobSums sums) {
        return sums.measured() <= 0 ? null : Integer.valueOf((int) Math.round(100 * sums.busy() / sums.measured()));
    }
}
