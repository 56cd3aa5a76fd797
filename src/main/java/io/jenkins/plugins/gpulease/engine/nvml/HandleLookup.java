package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.NOT_FOUND;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import com.sun.jna.ptr.PointerByReference;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Optional;

/** Finds fresh handles of devices. */
final class HandleLookup {

    private final Nvml nvml;
    private final KnownGpus known;

    HandleLookup(@NonNull Nvml nvml, @NonNull KnownGpus known) {
        this.nvml = nvml;
        this.known = known;
    }

    /**
     * What a lookup gave.
     *
     * @param device null exactly if the code is not {@link ReturnCode#SUCCESS}
     */
    record Found(int code, @CheckForNull NvmlDevice device) {}

    /** A function of NVML that finds a handle. */
    private interface Lookup {
        int find(PointerByReference device);
    }

    @NonNull
    Found byIndex(int index) {
        return find(device -> nvml.nvmlDeviceGetHandleByIndex_v2(index, device));
    }

    @NonNull
    Found byPciBusId(@NonNull String pciBusId) {
        return find(device -> nvml.nvmlDeviceGetHandleByPciBusId_v2(pciBusId, device));
    }

    /**
     * A GPU or a MIG instance. A lookup by UUID fails when it meets another GPU that is lost, and older drivers don't look up
     * MIG instances; then the GPU is found where the last scan saw it, and asked whether it still is the same.
     */
    @NonNull
    Found byUuid(@NonNull String uuid) {
        Found direct = find(device -> nvml.nvmlDeviceGetHandleByUUID(uuid, device));
        if (direct.code() == SUCCESS) {
            return direct;
        }
        Optional<ScannedGpu> owner = known.with(uuid);
        if (owner.isEmpty()) {
            return direct;
        }
        Found gpu = byPciBusId(owner.get().gpu().pciBusId());
        return gpu.code() == SUCCESS ? sameOrInstance(gpu.device(), uuid) : gpu;
    }

    private static Found sameOrInstance(NvmlDevice gpu, String uuid) {
        String found = gpu.uuid();
        if (uuid.equals(found)) {
            return new Found(SUCCESS, gpu);
        }
        for (NvmlDevice instance : MigInstances.handles(gpu).values()) {
            if (uuid.equals(instance.uuid())) {
                return new Found(SUCCESS, instance);
            }
        }
        return new Found(gpu.fatal() == SUCCESS ? NOT_FOUND : gpu.fatal(), null);
    }

    private Found find(Lookup lookup) {
        PointerByReference device = new PointerByReference();
        int code = lookup.find(device);
        if (code == SUCCESS && device.getValue() == null) {
            code = ReturnCode.UNKNOWN;
        }
        return new Found(code, code == SUCCESS ? new NvmlDevice(nvml, device.getValue()) : null);
    }
}
