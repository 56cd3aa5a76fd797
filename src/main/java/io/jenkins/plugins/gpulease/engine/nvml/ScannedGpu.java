package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import java.util.List;
import java.util.stream.Stream;

/**
 * A GPU as a scan found it.
 *
 * @param instances its MIG instances
 * @param handle for the rest of this scan; null if the GPU doesn't answer, so that the rest is what an earlier scan found
 */
record ScannedGpu(@NonNull Device gpu, @NonNull List<Device> instances, @CheckForNull NvmlDevice handle) {

    /** The GPU, then its instances. */
    @NonNull
    Stream<Device> devices() {
        return Stream.concat(Stream.of(gpu), instances.stream());
    }

    boolean has(@NonNull String uuid) {
        return devices().anyMatch(device -> device.uuid().equals(uuid));
    }

    /** The same without a handle, which must not outlive the scan. */
    @NonNull
    ScannedGpu remembered() {
        return new ScannedGpu(gpu, instances, null);
    }

    /** The same GPU, which doesn't answer any more. */
    @NonNull
    ScannedGpu lost(@NonNull String problem) {
        Health sick = Health.sick(problem);
        return new ScannedGpu(
                gpu.withHealth(sick), instances.stream().map(instance -> instance.withHealth(sick)).toList(), null);
    }
}
