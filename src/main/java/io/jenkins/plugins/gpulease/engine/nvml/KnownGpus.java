package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.util.List;
import java.util.Optional;

/**
 * What the last scan found, without handles: a GPU that stops answering is still known by its UUID, and found by its PCI bus
 * id. Replaced as a whole; thread-safe.
 */
final class KnownGpus {

    private volatile List<ScannedGpu> gpus = List.of();

    void replace(@NonNull List<ScannedGpu> scanned) {
        gpus = scanned.stream().map(ScannedGpu::remembered).toList();
    }

    @NonNull
    List<ScannedGpu> all() {
        return gpus;
    }

    /** The GPU with a UUID, or with an instance of that UUID. */
    @NonNull
    Optional<ScannedGpu> with(@NonNull String uuid) {
        return gpus.stream().filter(gpu -> gpu.has(uuid)).findFirst();
    }

    /** UUIDs of the GPUs that were healthy. */
    @NonNull
    List<String> healthy() {
        return gpus.stream()
                .map(ScannedGpu::gpu)
                .filter(gpu -> gpu.health().isOk())
                .map(Device::uuid)
                .sorted()
                .toList();
    }
}
