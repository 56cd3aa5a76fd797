package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Snapshot of a node's devices, with the time it was taken and, where it failed, why.
 *
 * @param status what the scan found
 * @param reason for people, with a cure where there is one; null exactly if the status is {@link Status#OK}
 * @param devices GPUs and MIG instances in the order of PCI bus id, instances behind their GPU; empty unless the status is
 *     {@link Status#OK}
 * @param topology how the GPUs are connected
 * @param driverVersion null if unknown
 * @param cudaVersion the highest CUDA version that the driver supports; null if unknown
 */
public record Inventory(
        @NonNull Status status,
        @CheckForNull String reason,
        @NonNull List<Device> devices,
        @NonNull Topology topology,
        @CheckForNull DottedVersion driverVersion,
        @CheckForNull DottedVersion cudaVersion,
        @NonNull Instant takenAt)
        implements Serializable {

    /** What a scan found. */
    public enum Status {
        /** NVML answered and has at least one device. */
        OK,
        /** NVML answered and has no device, although the driver is there. */
        EMPTY,
        /** The machine has no NVIDIA driver and no NVIDIA hardware. */
        NO_HARDWARE,
        /** There is or should be something, but it can't be read. */
        FAILED,
        /** Nobody has looked yet, or the node can't be asked now. */
        UNKNOWN
    }

    public Inventory {
        devices = List.copyOf(devices);
        if ((status == Status.OK) != (reason == null)) {
            throw new IllegalArgumentException("An inventory has a reason exactly if it isn't OK: " + status + ", " + reason);
        }
        if (status != Status.OK && !devices.isEmpty()) {
            throw new IllegalArgumentException("An inventory that is " + status + " has no devices");
        }
    }

    /** An inventory without devices, and why. */
    @NonNull
    public static Inventory without(@NonNull Status status, @NonNull String reason, @NonNull Instant takenAt) {
        return new Inventory(status, reason, List.of(), Topology.NONE, null, null, takenAt);
    }

    @NonNull
    public Optional<Device> device(@NonNull String uuid) {
        return devices.stream().filter(device -> device.uuid().equals(uuid)).findFirst();
    }

    /** The devices that leases may name. */
    @NonNull
    public List<Device> leasable() {
        return devices.stream().filter(Device::isLeasable).toList();
    }

    /** The same inventory with other devices, for instance without those that an administrator left out. */
    @NonNull
    public Inventory withDevices(@NonNull List<Device> others) {
        return others.isEmpty() && status == Status.OK
                ? new Inventory(Status.EMPTY, "All devices are left out by configuration", List.of(), Topology.NONE,
                        driverVersion, cudaVersion, takenAt)
                : new Inventory(status, reason, others, topology, driverVersion, cudaVersion, takenAt);
    }
}
