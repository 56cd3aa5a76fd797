package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Makes plausible devices of a specification: as on a board with eight GPUs, four for each of its two processors. */
final class SimulatedDevices {

    /** Bus numbers of a usual eight-GPU server. */
    private static final int[] BUSES = {0x1b, 0x43, 0x52, 0x61, 0x9d, 0xc3, 0xd1, 0xdf};

    private static final int PER_NUMA_NODE = BUSES.length / 2;

    private SimulatedDevices() {}

    /** @param seed the same seed and specification give the same UUIDs, others give others */
    @NonNull
    static List<Device> of(@NonNull SimulationSpec spec, @NonNull String seed) {
        List<Device> devices = new ArrayList<>();
        for (int index = 0; index < spec.gpus().size(); index++) {
            devices.add(device(spec, seed, index));
        }
        return devices;
    }

    private static Device device(SimulationSpec spec, String seed, int index) {
        SimulationSpec.Gpu gpu = spec.gpus().get(index);
        String identity = seed + '\n' + spec + '\n' + index;
        return new Device(
                "GPU-" + UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)),
                index,
                "Simulated NVIDIA " + gpu.model(),
                gpu.memory(),
                SimulatedModel.known(gpu.model()).map(SimulatedModel::computeCapability).orElse(null),
                String.format("%08x:%02x:00.0", index / BUSES.length, BUSES[index % BUSES.length]),
                index / PER_NUMA_NODE,
                false,
                null,
                null,
                Health.OK);
    }

    @NonNull
    static Topology topology(@NonNull SimulationSpec spec, @NonNull List<Device> devices) {
        List<List<Link>> links = new ArrayList<>();
        for (Device device : devices) {
            links.add(devices.stream().map(other -> link(spec, device, other)).toList());
        }
        return new Topology(devices.stream().map(Device::uuid).toList(), links);
    }

    private static Link link(SimulationSpec spec, Device device, Device other) {
        if (device.index() == other.index()) {
            return new Link(Interconnect.SAME_BOARD, 0);
        }
        String model = spec.gpus().get(device.index()).model();
        int nvLinks = SimulatedModel.known(model).map(SimulatedModel::nvLinks).orElse(0);
        if (nvLinks > 0 && device.model().equals(other.model())) {
            return new Link(Interconnect.NVSWITCH, nvLinks);
        }
        return new Link(device.numaNode() == other.numaNode() ? Interconnect.NUMA_NODE : Interconnect.SYSTEM, 0);
    }
}
