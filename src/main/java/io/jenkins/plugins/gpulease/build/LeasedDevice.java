package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.UsagePoint;
import java.util.List;
import java.util.Objects;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A leased device, and what it did, as the page and REST show them. Of what it did, null means that it isn't known. */
@ExportedBean(defaultVisibility = LeaseRecord.AT_ANY_DEPTH)
public final class LeasedDevice {

    private static final int SHORT_UUID = 12;

    private final Device device;

    @CheckForNull
    private final MemorySize asked;

    @CheckForNull
    private final StoredUsage usage;

    LeasedDevice(@NonNull Device device, @CheckForNull MemorySize asked, @CheckForNull StoredUsage usage) {
        this.device = device;
        this.asked = asked;
        this.usage = usage;
    }

    @Exported
    @NonNull
    public String getUuid() {
        return device.uuid();
    }

    @Exported
    public int getIndex() {
        return device.index();
    }

    /** The product's name, and the profile of a MIG instance. */
    @Exported
    @NonNull
    public String getModel() {
        return device.isMigInstance() ? device.model() + " MIG " + device.migProfile() : device.model();
    }

    /** Without the maker, as on the page "GPUs": all have the same one. */
    @NonNull
    public String getShortModel() {
        return getModel().replaceFirst("\\bNVIDIA ", "");
    }

    /** Null if the driver can't tell. */
    @Exported
    @CheckForNull
    public Long getMemoryMib() {
        MemorySize memory = device.memory();
        return memory == null ? null : Long.valueOf(memory.mib());
    }

    @Exported
    @NonNull
    public String getPciBusId() {
        return device.pciBusId();
    }

    @Exported
    @CheckForNull
    public Long getPeakMemoryMib() {
        return usage == null ? null : usage.peakMemoryMib();
    }

    @Exported
    @CheckForNull
    public Long getMeanMemoryMib() {
        return usage == null ? null : usage.meanMemoryMib();
    }

    /** 0 to 100 %. */
    @Exported
    @CheckForNull
    public Integer getMeanUtilization() {
        return usage == null ? null : usage.meanUtilization();
    }

    /** 0 to 100 %. */
    @Exported
    @CheckForNull
    public Integer getPeakUtilization() {
        return usage == null ? null : usage.peakUtilization();
    }

    @Exported
    @CheckForNull
    public Double getEnergyJoules() {
        return usage == null ? null : usage.energyJoules();
    }

    /** Only for who asks for it by its name: it is long. Empty if it isn't known, or not kept any more. */
    @Exported(visibility = 1)
    @NonNull
    public List<CoursePoint> getCourse() {
        return usage == null ? List.of() : usage.points().stream().map(CoursePoint::new).toList();
    }

    /** The drawing of its course; null if that isn't known, or not kept any more. */
    @CheckForNull
    public UsageChart getChart() {
        List<UsagePoint> points = usage == null ? List.of() : usage.points();
        return points.isEmpty() ? null : new UsageChart(points, device.memory(), asked);
    }

    /** Enough of the UUID to tell the devices of a host from each other; the whole of it would make the page too wide. */
    @NonNull
    public String getShortUuid() {
        String uuid = device.uuid();
        return uuid.length() <= SHORT_UUID ? uuid : uuid.substring(0, SHORT_UUID) + "…";
    }

    /** Total memory for people; empty if the driver can't tell. */
    @NonNull
    public String getMemoryText() {
        return Objects.toString(device.memory(), "");
    }

    @NonNull
    public String getPeakMemoryText() {
        return text(getPeakMemoryMib());
    }

    @NonNull
    public String getMeanMemoryText() {
        return text(getMeanMemoryMib());
    }

    @NonNull
    public String getEnergyText() {
        return Objects.toString(new UsageSummary(null, null, null, getEnergyJoules()).energy(), "");
    }

    private static String text(@CheckForNull Long mib) {
        return mib == null ? "" : MemorySize.ofMib(mib).toString();
    }

    /** A point of its course; what isn't known is null. */
    @ExportedBean(defaultVisibility = LeaseRecord.AT_ANY_DEPTH)
    public static final class CoursePoint {

        private final UsagePoint point;

        CoursePoint(UsagePoint point) {
            this.point = point;
        }

        /** Since the lease began. */
        @Exported
        public int getSeconds() {
            return point.secondsIn();
        }

        /** Peak since the point before. */
        @Exported
        @CheckForNull
        public Long getMemoryMib() {
            return point.memoryMib();
        }

        /** 0 to 100 %, mean since the point before. */
        @Exported
        @CheckForNull
        public Integer getUtilization() {
            return point.utilization();
        }
    }
}
