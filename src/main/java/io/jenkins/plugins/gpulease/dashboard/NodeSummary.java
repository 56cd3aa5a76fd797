package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The GPUs of a node in one line, such as {@code 3 of 8 idle}. Takes no lock and asks nobody.
 *
 * @param text for people
 * @param idle number of idle devices, to sort by
 * @param notes what is wrong with some, such as {@code 1 drained}
 */
public record NodeSummary(@NonNull String text, int idle, @NonNull List<String> notes) {

    /** Null if the node has no GPUs, or the current user may not see them. */
    @CheckForNull
    static NodeSummary of(@NonNull Computer computer) {
        LeaseTable table = GpuLeases.get().table();
        String node = NodeNames.of(computer);
        Inventory inventory = table.inventory(node).orElse(null);
        if (inventory == null || !computer.hasPermission(GpuPermissions.VIEW)) {
            return null;
        }
        if (inventory.status() == Inventory.Status.FAILED) {
            return new NodeSummary(Messages.NodeSummary_failed(), -1, List.of());
        }
        List<DeviceView> devices = table.devices(node).stream().filter(view -> view.device().isLeasable()).toList();
        return devices.isEmpty() ? null : of(devices);
    }

    private static NodeSummary of(List<DeviceView> devices) {
        int idle = count(devices, DeviceState.IDLE);
        List<String> notes = new ArrayList<>();
        note(notes, count(devices, DeviceState.OCCUPIED), Messages.NodeSummary_occupied());
        note(notes, count(devices, DeviceState.QUARANTINED), Messages.NodeSummary_quarantined());
        note(notes, (int) devices.stream().filter(device -> device.drained() != null).count(), Messages.NodeSummary_drained());
        note(notes, count(devices, DeviceState.UNKNOWN), Messages.NodeSummary_unknown());
        return new NodeSummary(Messages.NodeSummary_idle(idle, devices.size()), idle, notes);
    }

    private static void note(List<String> notes, int count, String what) {
        if (count > 0) {
            notes.add(Messages.NodeSummary_note(count, what));
        }
    }

    private static int count(List<DeviceView> devices, DeviceState state) {
        return (int) devices.stream().filter(device -> device.state() == state).count();
    }
}
