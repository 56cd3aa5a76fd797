package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * The unit that is leased: a whole GPU, or a MIG instance.
 *
 * @param uuid identity, as {@code CUDA_VISIBLE_DEVICES} takes it: {@code GPU-…}, {@code MIG-…} or {@code MIG-GPU-…/gi/ci}
 * @param index NVML's index at the time of the scan, 0 or more; not stable over reboots. A MIG instance has its parent's
 * @param model the product's name, such as {@code NVIDIA H100 80GB HBM3}
 * @param memory total memory; null if the driver can't tell (integrated GPUs)
 * @param computeCapability null if the driver can't tell
 * @param pciBusId {@code domain:bus:device.function} in lower case, such as {@code 00000000:1b:00.0}; a MIG instance has
 *     its parent's
 * @param numaNode 0 or more; -1 if unknown
 * @param migEnabled the GPU is in MIG mode, so it is no whole GPU: only its instances can be leased
 * @param migParent UUID of the GPU that this MIG instance is part of; null for a GPU
 * @param migProfile such as {@code 1g.10gb}; null for a GPU
 */
public record Device(
        @NonNull String uuid,
        int index,
        @NonNull String model,
        @CheckForNull MemorySize memory,
        @CheckForNull ComputeCapability computeCapability,
        @NonNull String pciBusId,
        int numaNode,
        boolean migEnabled,
        @CheckForNull String migParent,
        @CheckForNull String migProfile,
        @NonNull Health health)
        implements Serializable {

    public Device {
        if (uuid.isBlank()) {
            throw new IllegalArgumentException("A device needs a UUID");
        }
        if (index < 0) {
            throw new IllegalArgumentException("Index of device " + uuid + " is negative: " + index);
        }
    }

    public boolean isMigInstance() {
        return migParent != null;
    }

    /** Whether leases may name it at all: a GPU in MIG mode is only the frame for its instances. */
    public boolean isLeasable() {
        return !migEnabled;
    }

    @NonNull
    public Device withHealth(@NonNull Health newHealth) {
        return new Device(uuid, index, model, memory, computeCapability, pciBusId, numaNode, migEnabled, migParent,
                migProfile, newHealth);
    }
}
