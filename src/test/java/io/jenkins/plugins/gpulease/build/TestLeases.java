package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import io.jenkins.plugins.gpulease.engine.usage.UsagePoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Leases of builds for tests: asked for at some second, granted, and returned some seconds later. */
public final class TestLeases {

    private static final Instant START = Instant.ofEpochSecond(1_700_000_000);

    private TestLeases() {}

    /** A lease that is held, of devices that have 40 GB at least. */
    @NonNull
    public static LeaseRecord held(@NonNull String id, int askedAt, int grantedAt, @NonNull Device... devices) {
        return new LeaseRecord(new StoredLease(lease(id, null, askedAt, grantedAt, devices)), "GPUs with at least 40 GB");
    }

    @NonNull
    static LeaseRecord inside(@NonNull String parent, int askedAt, int grantedAt, int returnedAt, @NonNull Device... devices) {
        return new LeaseRecord(new StoredLease(lease("inner", parent, askedAt, grantedAt, devices)), "GPUs")
                .returned(returned(99, 99_999, devices), at(returnedAt));
    }

    /** One that is returned; all its devices did the same. */
    @NonNull
    static LeaseRecord returned(
            @NonNull String id, int askedAt, int grantedAt, int returnedAt, int utilization, long peakMib, @NonNull Device... devices) {
        return held(id, askedAt, grantedAt, devices).returned(returned(utilization, peakMib, devices), at(returnedAt));
    }

    @NonNull
    static StoredLease stored(@NonNull String id, @NonNull Device... devices) {
        return new StoredLease(lease(id, null, 0, 1, devices));
    }

    /** Notes a lease with a build, and its return. */
    public static void note(@NonNull Run<?, ?> run, @NonNull String id, int utilization, long peakMib, @NonNull Device... devices) {
        Instant now = Instant.now();
        Lease lease = new Lease(id, "agent-1", List.of(devices), MemorySize.parse("40 GB"), BuildHolder.of(run, null, id), null,
                now.minusSeconds(90), now.minusSeconds(60));
        GpuLeasesAction.granted(run, new StoredLease(lease), "GPUs with at least 40 GB");
        GpuLeasesAction.returned(run, id, returned(utilization, peakMib, devices));
    }

    private static Lease lease(String id, String parent, int askedAt, int grantedAt, Device... devices) {
        return new Lease(id, "agent-1", List.of(devices), MemorySize.parse("40 GB"), new Holder("h", "training #1"), parent,
                at(askedAt), at(grantedAt));
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    @NonNull
    static Returned returned(int utilization, long peakMib, @NonNull Device... devices) {
        return new Returned(Map.of(), new LeaseUsage(
                Duration.ofSeconds(60), Stream.of(devices).map(device -> usage(device, utilization, peakMib)).toList()));
    }

    private static DeviceUsage usage(Device device, int utilization, long peakMib) {
        return new DeviceUsage(
                device.uuid(), 60, MemorySize.ofMib(peakMib), MemorySize.ofMib(peakMib / 2), utilization, 100, 3_600.0, 0,
                List.of(new UsagePoint(20, peakMib / 2, utilization), new UsagePoint(40, null, utilization),
                        new UsagePoint(60, peakMib, utilization)));
    }
}
