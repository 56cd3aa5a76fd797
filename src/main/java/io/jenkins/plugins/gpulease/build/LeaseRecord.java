package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** One lease of a build, held or returned, as the build keeps and shows it. Immutable. */
@ExportedBean(defaultVisibility = LeaseRecord.AT_ANY_DEPTH)
public final class LeaseRecord {

    /** Beans in lists are left out of a REST answer unless they are more visible than its depth. */
    static final int AT_ANY_DEPTH = 999;

    private final StoredLease lease;
    private final String asked;

    /** 0 while it is held. */
    private final long returnedAtMillis;

    @CheckForNull
    private final Long peakMemoryMib;

    @CheckForNull
    private final Long meanMemoryMib;

    @CheckForNull
    private final Integer meanUtilization;

    @CheckForNull
    private final Double energyJoules;

    private final List<String> leftOver;

    /**
     * A lease that is held.
     *
     * @param asked what was asked for, for people
     */
    LeaseRecord(@NonNull StoredLease lease, @NonNull String asked) {
        this(lease, asked, 0, new UsageSummary(null, null, null, null), List.of());
    }

    private LeaseRecord(
            StoredLease lease, String asked, long returnedAtMillis, UsageSummary usage, List<String> leftOver) {
        this.lease = lease;
        this.asked = asked;
        this.returnedAtMillis = returnedAtMillis;
        peakMemoryMib = mib(usage.peakMemory());
        meanMemoryMib = mib(usage.meanMemory());
        meanUtilization = usage.meanUtilization();
        energyJoules = usage.energyJoules();
        this.leftOver = new ArrayList<>(leftOver); // plain, as it goes to disk
    }

    /** The same lease, returned. */
    @NonNull
    LeaseRecord returned(@NonNull Returned returned, @NonNull Instant at) {
        return new LeaseRecord(
                lease, asked, at.toEpochMilli(), UsageSummary.of(returned.usage()), LeftOver.in(returned, lease.toLease()));
    }

    @Exported
    @NonNull
    public String getId() {
        return lease.id();
    }

    @Exported
    @NonNull
    public String getNode() {
        return lease().node();
    }

    @Exported
    @NonNull
    public List<DeviceRow> getDevices() {
        return lease().devices().stream().map(DeviceRow::new).toList();
    }

    /** What was asked for, for people. */
    @Exported
    @NonNull
    public String getAsked() {
        return asked;
    }

    /** Id of the enclosing lease that the devices were taken out of; null if from the node. */
    @Exported
    @CheckForNull
    public String getParentLease() {
        return lease().parentLease();
    }

    @Exported
    public boolean isHeld() {
        return returnedAtMillis == 0;
    }

    /** When its devices were handed out, in milliseconds since 1970. */
    @Exported
    public long getGrantedAt() {
        return lease().grantedAt().toEpochMilli();
    }

    @Exported
    public long getWaitedMillis() {
        return waited().toMillis();
    }

    /** How long it was held, or has been so far. */
    @Exported
    public long getHeldMillis() {
        return held().toMillis();
    }

    /** Of the device that used most; null if unknown. */
    @Exported
    @CheckForNull
    public Long getPeakMemoryMib() {
        return peakMemoryMib;
    }

    @Exported
    @CheckForNull
    public Long getMeanMemoryMib() {
        return meanMemoryMib;
    }

    /** 0 to 100 %; null if unknown. */
    @Exported
    @CheckForNull
    public Integer getMeanUtilization() {
        return meanUtilization;
    }

    @Exported
    @CheckForNull
    public Double getEnergyJoules() {
        return energyJoules;
    }

    /** What kept devices from being clean when they came back, a line each. */
    @Exported
    @NonNull
    public List<String> getLeftOver() {
        return List.copyOf(leftOver);
    }

    /** Waiting time for people. */
    @NonNull
    public String getWaitedText() {
        return ReadableTime.of(waited());
    }

    /** Holding time for people. */
    @NonNull
    public String getHeldText() {
        return ReadableTime.of(held());
    }

    /** Peak and mean memory for people; empty if unknown. */
    @NonNull
    public String getMemoryText() {
        Long peak = peakMemoryMib;
        Long mean = meanMemoryMib;
        if (peak == null) {
            return "";
        }
        return MemorySize.ofMib(peak) + (mean == null ? "" : " / " + MemorySize.ofMib(mean));
    }

    /** Energy for people; empty if unknown. */
    @NonNull
    public String getEnergyText() {
        String energy = new UsageSummary(null, null, null, energyJoules).energy();
        return energy == null ? "" : energy;
    }

    @CheckForNull
    private static Long mib(@CheckForNull MemorySize size) {
        return size == null ? null : size.mib();
    }

    @NonNull
    Lease lease() {
        return lease.toLease();
    }

    private Duration waited() {
        return Duration.between(lease().askedAt(), lease().grantedAt());
    }

    private Duration held() {
        return Duration.between(lease().grantedAt(), isHeld() ? Instant.now() : Instant.ofEpochMilli(returnedAtMillis));
    }

    /** A leased device as the page and REST show it. */
    @ExportedBean(defaultVisibility = LeaseRecord.AT_ANY_DEPTH)
    public static final class DeviceRow {

        private static final int SHORT_UUID = 12;

        private final Device device;

        DeviceRow(Device device) {
            this.device = device;
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

        /** Null if the driver can't tell. */
        @Exported
        @CheckForNull
        public Long getMemoryMib() {
            return mib(device.memory());
        }

        @Exported
        @NonNull
        public String getPciBusId() {
            return device.pciBusId();
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
    }
}
