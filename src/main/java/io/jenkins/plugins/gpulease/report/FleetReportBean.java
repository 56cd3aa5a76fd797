package io.jenkins.plugins.gpulease.report;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.report.DeviceUse;
import io.jenkins.plugins.gpulease.engine.report.FleetReport;
import io.jenkins.plugins.gpulease.engine.report.FleetReport.JobLine;
import io.jenkins.plugins.gpulease.engine.report.FleetReport.Waits;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What the fleet did in some hours, as one reader may see it. */
@ExportedBean(defaultVisibility = FleetReportBean.AT_ANY_DEPTH)
public final class FleetReportBean {

    /** Beans in lists are left out of a REST answer unless they are more visible than its depth. */
    static final int AT_ANY_DEPTH = 999;

    private static final double TENTHS = 10;

    private final String title;
    private final FleetReport report;
    private final JobNames names;

    FleetReportBean(@NonNull String title, @NonNull FleetReport report, @NonNull JobNames names) {
        this.title = title;
        this.report = report;
        this.names = names;
    }

    @NonNull
    public String getTitle() {
        return title;
    }

    /** When the first of its hours began, in milliseconds since 1970. */
    @Exported
    public long getFrom() {
        return report.from().toEpochMilli();
    }

    @Exported
    public long getTo() {
        return report.to().toEpochMilli();
    }

    /** Device-hours. */
    @Exported
    public double getLeased() {
        return hours(DeviceUse.LEASED);
    }

    @Exported
    public double getIdle() {
        return hours(DeviceUse.IDLE);
    }

    @Exported
    public double getOccupied() {
        return hours(DeviceUse.OCCUPIED);
    }

    @Exported
    public double getQuarantined() {
        return hours(DeviceUse.QUARANTINED);
    }

    @Exported
    public double getDrained() {
        return hours(DeviceUse.DRAINED);
    }

    @Exported
    public double getUnknown() {
        return hours(DeviceUse.UNKNOWN);
    }

    private double hours(DeviceUse use) {
        return tenths(report.deviceHours().get(use));
    }

    /** Of all jobs, from the begin to the end of each lease. */
    @Exported
    public double getJobHours() {
        return tenths(report.jobHours());
    }

    /** Mean while leased, 0 to 100 %; null if nobody could measure it. */
    @Exported
    @CheckForNull
    public Integer getUtilization() {
        return report.utilization();
    }

    @Exported
    @NonNull
    public List<WaitsBean> getWaits() {
        return report.waits().stream().map(WaitsBean::new).toList();
    }

    @Exported
    @NonNull
    public List<JobBean> getByHours() {
        return report.byHours().stream().map(line -> new JobBean(line, names)).toList();
    }

    @Exported
    @NonNull
    public List<JobBean> getByWaste() {
        return report.byWaste().stream().map(line -> new JobBean(line, names)).toList();
    }

    private static double tenths(double hours) {
        return Math.round(hours * TENTHS) / TENTHS;
    }

    /** How long requests of one size waited. */
    @ExportedBean(defaultVisibility = AT_ANY_DEPTH)
    public static final class WaitsBean {

        private final Waits waits;

        WaitsBean(@NonNull Waits waits) {
            this.waits = waits;
        }

        /** Number of GPUs: {@code 1}, {@code 3–4}. */
        @Exported
        @NonNull
        public String getGpus() {
            return waits.size().label();
        }

        @Exported
        public long getLeases() {
            return waits.leases();
        }

        /** Median, in seconds, to within 30 %. */
        @Exported
        public double getP50() {
            return tenths(waits.p50());
        }

        /** What 95 of 100 didn't exceed, likewise. */
        @Exported
        public double getP95() {
            return tenths(waits.p95());
        }

        @NonNull
        public String getP50Text() {
            return text(waits.p50());
        }

        @NonNull
        public String getP95Text() {
            return text(waits.p95());
        }

        private static String text(double seconds) {
            return seconds <= 1 ? Messages.FleetReportBean_belowOneSecond() : ReadableTime.of(Duration.ofSeconds(Math.round(seconds)));
        }
    }

    /** What a job held. */
    @ExportedBean(defaultVisibility = AT_ANY_DEPTH)
    public static final class JobBean {

        private final JobLine line;
        private final JobNames names;

        JobBean(@NonNull JobLine line, @NonNull JobNames names) {
            this.line = line;
            this.names = names;
        }

        /** Full name; null if the reader may not see the job. */
        @Exported
        @CheckForNull
        public String getJob() {
            return names.name(line.job());
        }

        /** Relative to Jenkins' root; null if there is no page that the reader may see. */
        @Exported
        @CheckForNull
        public String getUrl() {
            return names.url(line.job());
        }

        /** Device-hours. */
        @Exported
        public double getHours() {
            return tenths(line.hours());
        }

        /** 0 to 100 %; null if nobody could measure it. */
        @Exported
        @CheckForNull
        public Integer getUtilization() {
            return line.utilization();
        }

        /** Device-hours without the part in which the devices did something. */
        @Exported
        public double getWaste() {
            return tenths(line.waste());
        }

        @NonNull
        public String getHoursText() {
            return hoursText(line.hours());
        }

        @NonNull
        public String getWasteText() {
            return hoursText(line.waste());
        }

        private static String hoursText(double hours) {
            return String.format(Locale.ROOT, hours < 1 ? "%.2f" : "%.1f", hours);
        }
    }
}
