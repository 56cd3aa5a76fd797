package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads how the GPUs of a machine are connected. */
final class TopologyReader {

    private final List<ScannedGpu> gpus;
    private final List<NvLinks> nvLinks = new ArrayList<>();

    private TopologyReader(List<ScannedGpu> gpus) {
        this.gpus = gpus;
        for (ScannedGpu gpu : gpus) {
            nvLinks.add(NvLinks.of(gpu.handle()));
        }
    }

    /** The matrix of the GPUs that have a handle. */
    @NonNull
    static Topology of(@NonNull List<ScannedGpu> scanned) {
        List<ScannedGpu> answering = scanned.stream().filter(gpu -> gpu.handle() != null).toList();
        return new TopologyReader(answering).matrix();
    }

    private Topology matrix() {
        int size = gpus.size();
        List<List<Link>> rows = new ArrayList<>();
        for (int row = 0; row < size; row++) {
            rows.add(new ArrayList<>(Collections.nCopies(size, new Link(Interconnect.SAME_BOARD, 0))));
        }
        Set<String> switches = sharedRemotes();
        for (int row = 0; row < size; row++) {
            for (int column = row + 1; column < size; column++) {
                Link link = link(row, column, switches);
                rows.get(row).set(column, link);
                rows.get(column).set(row, link);
            }
        }
        return new Topology(gpus.stream().map(gpu -> gpu.gpu().uuid()).toList(), rows);
    }

    private Link link(int row, int column, Set<String> switches) {
        NvLinks links = nvLinks.get(row);
        NvLinks others = nvLinks.get(column);
        int direct = links.byRemote().getOrDefault(gpus.get(column).gpu().pciBusId(), 0);
        if (direct > 0) {
            return new Link(Interconnect.NVLINK, direct);
        }
        int switched = Math.min(toSwitches(links, switches), toSwitches(others, switches));
        return switched > 0 ? new Link(Interconnect.NVSWITCH, switched) : new Link(pciPath(gpus.get(row), gpus.get(column)), 0);
    }

    private static int toSwitches(NvLinks links, Set<String> switches) {
        return links.toSwitches()
                + switches.stream().mapToInt(remote -> links.byRemote().getOrDefault(remote, 0)).sum();
    }

    /** Drivers before R470 don't tell a link's remote type; what is no GPU and linked to several GPUs is a switch. */
    private Set<String> sharedRemotes() {
        Map<String, Integer> linkedGpus = new HashMap<>();
        nvLinks.forEach(links -> links.byRemote().keySet().forEach(remote -> linkedGpus.merge(remote, 1, Integer::sum)));
        Set<String> shared = new HashSet<>(linkedGpus.keySet());
        shared.removeIf(remote -> linkedGpus.get(remote) < 2 || remote.equals(PciBusId.UNKNOWN));
        gpus.forEach(gpu -> shared.remove(gpu.gpu().pciBusId()));
        return shared;
    }

    private static Interconnect pciPath(ScannedGpu one, ScannedGpu other) {
        NvmlDevice device = one.handle();
        Integer level = device.number((handle, found) -> device.nvml()
                .nvmlDeviceGetTopologyCommonAncestor(handle, other.handle().handle(), found));
        Interconnect path = level == null ? Interconnect.UNKNOWN : ofLevel(level);
        return path == Interconnect.UNKNOWN ? byNumaNode(one.gpu(), other.gpu()) : path;
    }

    /** {@code nvmlGpuTopologyLevel_t}. */
    private static Interconnect ofLevel(int level) {
        return switch (level) {
            case 0 -> Interconnect.SAME_BOARD;
            case 10 -> Interconnect.PCIE_SWITCH;
            case 20 -> Interconnect.PCIE_SWITCHES;
            case 30 -> Interconnect.HOST_BRIDGE;
            case 40 -> Interconnect.NUMA_NODE;
            case 50 -> Interconnect.SYSTEM;
            default -> Interconnect.UNKNOWN;
        };
    }

    private static Interconnect byNumaNode(Device one, Device other) {
        if (one.numaNode() < 0 || other.numaNode() < 0) {
            return Interconnect.UNKNOWN;
        }
        return one.numaNode() == other.numaNode() ? Interconnect.NUMA_NODE : Interconnect.SYSTEM;
    }
}
