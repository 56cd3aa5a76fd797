package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian;
import io.jenkins.plugins.gpulease.engine.lease.GrantListener;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A table of leases with nodes of H100s, without Jenkins, for tests of what is shown of it. */
final class Fleet {

    static final GrantListener NOBODY = new GrantListener() {
        @Override
        public void onGranted(Lease lease) {}

        @Override
        public void onFailed(LeaseFailure failure) {}
    };

    final LeaseTable table = new LeaseTable(new BestPlacement(), new Trusting(), Runnable::run, Clock.systemUTC());
    final Map<String, Map<String, Reading>> readings = new HashMap<>();
    final List<HistoryEntry> history = new ArrayList<>();
    long readingsVersion;
    long nanos;

    final Snapshots snapshots = new Snapshots(
            table,
            node -> readings.getOrDefault(node, Map.of()),
            () -> readingsVersion,
            () -> List.copyOf(history),
            () -> nanos);

    /** Devices whose UUIDs begin with the node's name, as elsewhere they differ, too. */
    Fleet with(@NonNull String node, int devices) {
        List<Device> all = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            Device h100 = Gpus.h100(i);
            all.add(new Device(node + "-" + i, i, h100.model(), h100.memory(), h100.computeCapability(), h100.pciBusId(), i / 4,
                    false, null, null, Health.OK));
        }
        table.setInventory(node, Gpus.inventory(all));
        return this;
    }

    /** What somebody is granted, or waits for. */
    Fleet request(@NonNull String id, @NonNull String node, int count, @NonNull Holder holder) {
        table.request(new LeaseRequest(id, node, DeviceRequest.of(count), holder, 0, null, false), NOBODY);
        return this;
    }

    static Holder build(@NonNull String job, int number, @NonNull String lease) {
        return new Holder(job + "#" + number + "/" + lease, job + " #" + number);
    }

    /** Each device of a node is read. */
    void read(@NonNull String node, int utilization) {
        Map<String, Reading> read = new HashMap<>();
        table.devices(node).forEach(view -> read.put(view.device().uuid(), new Reading(view.device().uuid(), Instant.now(),
                MemorySize.ofMib(4_711), null, false, utilization, 5, 60, 300_000, List.of(), List.of(), Health.OK)));
        readings.put(node, read);
        readingsVersion++;
    }

    /** More than a second goes by. */
    Snapshot next() {
        nanos += 1_100_000_000L;
        return snapshots.current();
    }

    private static final class Trusting implements Custodian {
        @Override
        public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
            Map<String, Verdict> clean = new HashMap<>();
            lease.uuids().forEach(uuid -> clean.put(uuid, Verdict.CLEAN));
            return CompletableFuture.completedFuture(clean);
        }

        @Override
        public CompletionStage<Returned> takeBack(Lease lease) {
            return CompletableFuture.completedFuture(new Returned(Map.of(), LeaseUsage.UNKNOWN));
        }
    }
}
