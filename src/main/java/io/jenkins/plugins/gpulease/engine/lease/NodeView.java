package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.List;

/**
 * Immutable view of one node.
 *
 * @param version grows with each change of the node
 * @param inventory the last one that was read, with the health of its devices as it was seen since
 * @param unreachable why the node can't be asked now, for people; null if it can
 * @param devices in the inventory's order; leased ones that are gone come last
 * @param leases granted, sub-leases included, oldest first
 * @param waiters in the order in which they are served; those for an enclosing lease come last
 */
public record NodeView(
        @NonNull String node,
        long version,
        @NonNull Inventory inventory,
        @CheckForNull String unreachable,
        @NonNull List<DeviceView> devices,
        @NonNull List<Lease> leases,
        @NonNull List<WaiterView> waiters) {

    public NodeView {
        devices = List.copyOf(devices);
        leases = List.copyOf(leases);
        waiters = List.copyOf(waiters);
    }

    /** The other leases that share a device, oldest first. */
    @NonNull
    public List<Lease> neighbours(@NonNull String leaseId, @NonNull String uuid) {
        return leases.stream()
                .filter(lease -> lease.shared() && !lease.id().equals(leaseId) && lease.uuids().contains(uuid))
                .toList();
    }

    /** How many devices are in a state. */
    public long count(@NonNull DeviceState state) {
        return devices.stream().filter(device -> device.state() == state).count();
    }
}
