package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.Device;

/**
 * What is given away with a device: memory first, then what it can compute. Numbers, so that sets are compared by their sums.
 */
final class Waste {

    private static final long GIB = 1L << 30;

    /** More than any device has, so that a device that doesn't tell comes last; 1,024 of them still fit a long. */
    private static final long UNKNOWN_MEMORY = 1L << 40;

    private static final long UNKNOWN_CAPABILITY = 10_000;

    /** The power of MIG profiles goes before compute capability, over the sum of 1,024 devices. */
    private static final long POWER = 1L << 24;

    private Waste() {}

    /**
     * Total memory in GiB, rounded up, so about as it is printed on the box: some MiB more or less, as firmware and error correction
     * take them, are no reason to prefer one of two equal cards.
     */
    static long memory(@NonNull Device device) {
        return device.memory() == null ? UNKNOWN_MEMORY : (device.memory().bytes() + GIB - 1) / GIB;
    }

    /** A MIG instance's slices, then compute capability. */
    static long power(@NonNull Device device) {
        long slices = device.migProfile() == null ? 0 : MigProfile.power(device.migProfile());
        return slices * POWER + capability(device.computeCapability());
    }

    private static long capability(ComputeCapability capability) {
        return capability == null ? UNKNOWN_CAPABILITY : 10L * capability.major() + capability.minor();
    }
}
