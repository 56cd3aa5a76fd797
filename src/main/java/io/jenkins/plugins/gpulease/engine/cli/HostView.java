package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The GPUs of this host at one moment.
 *
 * @param warning why it isn't known who leases them, for people; null if it is
 */
record HostView(@NonNull Inventory inventory, @NonNull List<DeviceRow> rows, @CheckForNull String warning) {

    HostView {
        rows = List.copyOf(rows);
    }

    /** Looks at the devices of an inventory. */
    @NonNull
    static HostView of(@NonNull Inventory inventory, @NonNull Probe probe, @NonNull HostLocks locks) throws ProbeException {
        List<String> uuids = inventory.devices().stream().map(Device::uuid).toList();
        if (uuids.isEmpty()) {
            return new HostView(inventory, List.of(), null);
        }
        String warning = null;
        Map<String, String> holders = Map.of();
        try {
            holders = locks.holders(uuids);
        } catch (IOException e) {
            warning = "It isn't known who leases the GPUs: " + e.getMessage();
        }
        Map<String, Verdict> verdicts = probe.poll(0, uuids).verdicts();
        List<DeviceRow> rows = new ArrayList<>();
        for (Reading reading : probe.read(uuids)) {
            inventory.device(reading.uuid()).ifPresent(device -> rows.add(new DeviceRow(device, reading, DeviceRow.State.IDLE, null)));
        }
        return new HostView(inventory, judged(rows, verdicts, holders), warning);
    }

    private static List<DeviceRow> judged(List<DeviceRow> rows, Map<String, Verdict> verdicts, Map<String, String> holders) {
        return rows.stream()
                .map(row -> judged(row, verdicts.get(row.device().uuid()), holders.get(row.device().uuid())))
                .toList();
    }

    private static DeviceRow judged(DeviceRow row, Verdict verdict, String holder) {
        if (verdict != null && verdict.condition() == Verdict.Condition.SICK) {
            return new DeviceRow(row.device(), row.reading(), DeviceRow.State.SICK, verdict.reason());
        }
        if (holder != null) {
            return new DeviceRow(row.device(), row.reading(), DeviceRow.State.LEASED, holder);
        }
        if (!row.device().isLeasable()) {
            return new DeviceRow(row.device(), row.reading(), DeviceRow.State.DIVIDED, null);
        }
        return verdict == null || verdict.isClean()
                ? row
                : new DeviceRow(row.device(), row.reading(), DeviceRow.State.OCCUPIED, verdict.reason());
    }
}
