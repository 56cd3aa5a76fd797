package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * How an administrator has set a GPU up. Null means that the driver can't tell.
 *
 * @param minor number of its device file, {@code /dev/nvidia<minor>}
 * @param persistence the driver stays attached to it while nobody uses it
 * @param computeMode how many processes may compute on it
 */
public record GpuSettings(
        @NonNull String uuid, @CheckForNull Integer minor, @CheckForNull Boolean persistence, @CheckForNull ComputeMode computeMode)
        implements Serializable {

    /** {@code nvmlComputeMode_t}, in the order of its numbers. */
    public enum ComputeMode {
        DEFAULT,
        /** One thread at a time; drivers have dropped it. */
        EXCLUSIVE_THREAD,
        PROHIBITED,
        EXCLUSIVE_PROCESS
    }

    static GpuSettings unknown(String uuid) {
        return new GpuSettings(uuid, null, null, null);
    }

    static GpuSettings of(String uuid, NvmlDevice gpu) {
        Integer persistence = gpu.number(gpu.nvml()::nvmlDeviceGetPersistenceMode);
        Integer mode = gpu.number(gpu.nvml()::nvmlDeviceGetComputeMode);
        boolean known = mode != null && mode >= 0 && mode < ComputeMode.values().length;
        return new GpuSettings(
                uuid,
                gpu.number(gpu.nvml()::nvmlDeviceGetMinorNumber),
                persistence == null ? null : Boolean.valueOf(persistence == 1),
                known ? ComputeMode.values()[mode] : null);
    }
}
