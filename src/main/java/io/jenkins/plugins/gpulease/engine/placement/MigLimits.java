package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import java.util.List;
import java.util.Optional;

/**
 * How many MIG instances CUDA uses in one process (NVIDIA Multi-Instance GPU User Guide, "Device Enumeration"): one; with drivers
 * from R570 on, one of each GPU.
 */
public final class MigLimits {

    private static final DottedVersion SEVERAL_GPUS = DottedVersion.parse("570");

    private MigLimits() {}

    /**
     * What somebody who gets devices should know about them.
     *
     * @param driver version of the NVIDIA driver; null if it isn't known
     * @return one sentence for people with what to do; empty if one process can use all of them
     */
    @NonNull
    public static Optional<String> warning(@NonNull List<Device> devices, @CheckForNull DottedVersion driver) {
        int usable = usable(devices, driver);
        if (usable == devices.size()) {
            return Optional.empty();
        }
        return Optional.of("CUDA " + (driver == null ? "" : "with driver " + driver + " ") + "uses at most " + usable + " of these "
                + devices.size() + " MIG instances in one process; start a process for each, with CUDA_VISIBLE_DEVICES set to one"
                + " entry of GPU_UUIDS");
    }

    private static int usable(List<Device> devices, @CheckForNull DottedVersion driver) {
        if (devices.stream().noneMatch(Device::isMigInstance)) {
            return devices.size();
        }
        boolean several = driver != null && driver.compareTo(SEVERAL_GPUS) >= 0;
        return several ? (int) devices.stream().map(Device::migParent).distinct().count() : 1;
    }
}
