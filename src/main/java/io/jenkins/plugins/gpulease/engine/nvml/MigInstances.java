package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import com.sun.jna.Memory;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The MIG instances of a GPU. */
final class MigInstances {

    /** NVIDIA's limit is 7 so far. */
    private static final int MOST_INSTANCES = 32;

    /** {@code nvmlDeviceAttributes_t}: slices of the GPU instance at 24, of the compute instance at 28, MiB at 32. */
    private static final int ATTRIBUTES_SIZE = 40;

    private static final Pattern PROFILE_IN_NAME = Pattern.compile(" MIG (\\S{1,40})$");

    private MigInstances() {}

    /** Handles of the instances by their index, which has holes. */
    @NonNull
    static Map<Integer, NvmlDevice> handles(@NonNull NvmlDevice gpu) {
        Integer most = gpu.number(gpu.nvml()::nvmlDeviceGetMaxMigDeviceCount);
        Map<Integer, NvmlDevice> handles = new LinkedHashMap<>();
        for (int i = 0; most != null && i < Math.min(most, MOST_INSTANCES); i++) {
            int index = i;
            NvmlDevice instance =
                    gpu.device((handle, found) -> gpu.nvml().nvmlDeviceGetMigDeviceHandleByIndex(handle, index, found));
            if (instance != null) {
                handles.put(index, instance);
            }
        }
        return handles;
    }

    /** The instances as devices: what they don't tell of themselves is their GPU's. */
    @NonNull
    static List<Device> of(@NonNull NvmlDevice gpu, @NonNull Device parent) {
        List<Device> instances = new ArrayList<>();
        handles(gpu).forEach((index, handle) -> instances.add(describe(handle, index, parent)));
        return instances;
    }

    private static Device describe(NvmlDevice instance, int index, Device parent) {
        String uuid = instance.uuid();
        String name = instance.name();
        MemorySize memory = MemoryState.of(instance).total();
        ComputeCapability capability = DeviceFacts.computeCapability(instance);
        return new Device(
                uuid == null ? DeviceFacts.UNREADABLE + parent.index() + "-" + index : uuid,
                parent.index(),
                name == null ? parent.model() : name,
                memory,
                capability == null ? parent.computeCapability() : capability,
                parent.pciBusId(),
                parent.numaNode(),
                false,
                parent.uuid(),
                profile(instance, name == null ? "" : name),
                uuid == null && parent.health().isOk() ? Health.sick("The MIG instance does not tell its UUID") : parent.health());
    }

    /** {@code 1g.10gb}, or {@code 1c.2g.20gb} where a compute instance has a part of its GPU instance. */
    private static String profile(NvmlDevice instance, String name) {
        try (Memory attributes = new Memory(ATTRIBUTES_SIZE)) {
            attributes.clear();
            if (instance.ask(instance.nvml()::nvmlDeviceGetAttributes_v2, attributes) == SUCCESS) {
                int slices = attributes.getInt(24);
                int computeSlices = attributes.getInt(28);
                long gigabytes = (attributes.getLong(32) + 1023) / 1024;
                return (computeSlices == slices ? "" : computeSlices + "c.") + slices + "g." + gigabytes + "gb";
            }
        }
        Matcher profile = PROFILE_IN_NAME.matcher(name);
        return profile.find() ? profile.group(1) : "MIG";
    }
}
