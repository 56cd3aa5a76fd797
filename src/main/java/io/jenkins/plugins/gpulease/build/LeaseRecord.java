package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
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

    /** What each device did; null while it is held, and in what was stored before this was kept. */
    @CheckForNull
    private final List<StoredUsage> usage;

    /**
     * A lease that is held.
     *
     * @param asked what was asked for, for people
     */
    LeaseRecord(@NonNull StoredLease lease, @NonNull String asked) {
        this(lease, asked, 0, LeaseUsage.UNKNOWN, List.of());
    }

    private LeaseRecord(StoredLease lease, String asked, long returnedAtMillis, LeaseUsage used, List<String> leftOver) {
        this.lease = lease;
        this.asked = asked;
        this.returnedAtMillis = returnedAtMillis;
        UsageSummary summary = UsageSummary.of(used);
        peakMemoryMib = mib(summary.peakMemory());
        meanMemoryMib = mib(summary.meanMemory());
        meanUtilization = summary.meanUtilization();
        energyJoules = summary.energyJoules();
        this.leftOver = new ArrayList<>(leftOver); // plain, as it goes to disk
        usage = used.isKnown() ? new ArrayList<>(used.devices().stream().map(StoredUsage::new).toList()) : null;
    }

    private LeaseRecord(LeaseRecord other, List<StoredUsage> usage) {
        lease = other.lease;
        asked = other.asked;
        returnedAtMillis = other.returnedAtMillis;
        peakMemoryMib = other.peakMemoryMib;
        meanMemoryMib = other.meanMemoryMib;
        meanUtilization = other.meanUtilization;
        energyJoules = other.energyJoules;
        leftOver = other.leftOver;
        this.usage = new ArrayList<>(usage);
    }

    /** The same lease, returned. */
    @NonNull
    LeaseRecord returned(@NonNull Returned returned, @NonNull Instant at) {
        return new LeaseRecord(
                lease, asked, at.toEpochMilli(), returned.usage(), LeftOver.in(returned, lease.toLease()));
    }

    /** Number of devices whose courses are kept. */
    int courses() {
        return (int) usage().stream().filter(StoredUsage::hasCourse).count();
    }

    /** The same lease with the courses of its first devices only. */
    @NonNull
    LeaseRecord withCourses(int most) {
        if (courses() <= most) {
            return this;
        }
        List<StoredUsage> kept = new ArrayList<>();
        int count = 0;
        for (StoredUsage device : usage()) {
            kept.add(device.hasCourse() && count++ >= most ? device.withoutCourse() : device);
        }
        return new LeaseRecord(this, kept);
    }

    private List<StoredUsage> usage() {
        return usage == null ? List.of() : usage;
    }

    @CheckForNull
    private StoredUsage usageOf(Device device) {
        return usage().stream().filter(used -> used.uuid().equals(device.uuid())).findFirst().orElse(null);
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
    public List<LeasedDevice> getDevices() {
        Lease known = lease();
        return known.devices().stream()
                .map(device -> new LeasedDevice(device, known.minMemory(), usageOf(device)))
                .toList();
    }

    /** Least memory of each device that was asked for; null if nothing was. */
    @Exported
    @CheckForNull
    public Long getAskedMemoryMib() {
        return mib(lease().minMemory());
    }

    /** The same for people; empty if nothing was. */
    @NonNull
    public String getAskedMemoryText() {
        return Objects.toString(lease().minMemory(), "");
    }

    /** Whether there is something to draw. */
    public boolean isDrawn() {
        return courses() > 0;
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

    @NonNull
    Span waiting() {
        return lease.waiting();
    }

    /** Until now if it is held. */
    @NonNull
    Span holding() {
        return new Span(lease.waiting().to(), isHeld() ? System.currentTimeMillis() : returnedAtMillis);
    }

    private Duration waited() {
        return Duration.ofMillis(waiting().to() - waiting().from());
    }

    private Duration held() {
        return Duration.ofMillis(holding().to() - holding().from());
    }
}
