package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.ProcessLeases;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The environment variables that tell a program which devices it has. */
public final class LeaseEnvironment {

    private LeaseEnvironment() {}

    /** The variables of a lease on a node without MPS. */
    @NonNull
    public static Map<String, String> of(@NonNull Lease lease, boolean indices) {
        return of(lease, indices, false);
    }

    /**
     * The variables of a lease.
     *
     * <p>{@code GPU_DOCKER_ARGS} is for {@code docker.image(…).inside(env.GPU_DOCKER_ARGS)} and for command lines that a shell
     * has yet to read. The UUIDs in {@code CUDA_VISIBLE_DEVICES} hold inside such a container, too; indices don't, since a
     * container counts its own devices from 0.
     *
     * @param indices put NVML's indices into {@code CUDA_VISIBLE_DEVICES} instead of UUIDs, for programs that can't read
     *     UUIDs. MIG instances have no index, so a lease that has any names its devices by UUID all the same
     * @param mps an MPS daemon runs on the node; it enforces the budget of a lease that shares its devices
     * @return in a fixed order, the same keys for every lease but those of its budget; {@code GPU_MEMORY_MIB} is empty if a device
     *     can't tell. {@code GPU_MEMORY_LIMIT_MIB} is the budget in each device in whole MiB, rounded down
     */
    @NonNull
    public static Map<String, String> of(@NonNull Lease lease, boolean indices, boolean mps) {
        List<Device> devices = lease.devices();
        String uuids = joined(devices, Device::uuid);
        String numbers = joined(devices, device -> Integer.toString(device.index()));
        boolean byIndex = indices && devices.stream().noneMatch(Device::isMigInstance);
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("CUDA_VISIBLE_DEVICES", byIndex ? numbers : uuids);
        variables.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID"); // CUDA's own order, fastest first, is not NVML's
        variables.put("NVIDIA_VISIBLE_DEVICES", uuids);
        variables.put(ProcessLeases.VARIABLE, lease.id());
        variables.put("GPU_COUNT", Integer.toString(devices.size()));
        variables.put("GPU_UUIDS", uuids);
        variables.put("GPU_INDICES", numbers);
        variables.put("GPU_MODEL", devices.stream().map(Device::model).distinct().collect(Collectors.joining(", ")));
        variables.put("GPU_MEMORY_MIB", smallestMemory(devices));
        variables.put("GPU_NODE", lease.node());
        variables.put("GPU_DOCKER_ARGS", dockerArgs(devices, uuids));
        if (lease.budget() != null) {
            putBudget(variables, lease, mps);
        }
        return variables;
    }

    private static void putBudget(Map<String, String> variables, Lease lease, boolean mps) {
        long mib = lease.budget().mib();
        variables.put("GPU_MEMORY_LIMIT_MIB", Long.toString(mib));
        if (mps) {
            variables.put("CUDA_MPS_PINNED_DEVICE_MEM_LIMIT", IntStream.range(0, lease.devices().size())
                    .mapToObj(visible -> visible + "=" + mib + "M")
                    .collect(Collectors.joining(",")));
        }
    }

    private static String joined(List<Device> devices, Function<Device, String> property) {
        return devices.stream().map(property).collect(Collectors.joining(","));
    }

    private static String smallestMemory(List<Device> devices) {
        if (devices.stream().map(Device::memory).anyMatch(Objects::isNull)) {
            return "";
        }
        return devices.stream()
                .map(Device::memory)
                .min(MemorySize::compareTo)
                .map(smallest -> Long.toString(smallest.mib()))
                .orElse("");
    }

    /** Docker reads the value as CSV, so several devices need double quotes, and these need quotes against the shell. */
    private static String dockerArgs(List<Device> devices, String uuids) {
        return devices.size() == 1 ? "--gpus device=" + uuids : "--gpus '\"device=" + uuids + "\"'";
    }
}
