package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.BitSet;

/** What doesn't change about a GPU. */
final class DeviceFacts {

    /** Begins the stand-in for the UUID of a device that doesn't tell its own; its index follows. */
    static final String UNREADABLE = "unreadable-";

    private static final String UNKNOWN_MODEL = "unknown NVIDIA GPU";

    /** Enough for 1024 NUMA nodes, the most that Linux has. */
    private static final int NODE_SET_BYTES = 128;

    private final Path sysfsDevices;

    /** @param sysfsDevices normally {@code /sys/bus/pci/devices} */
    DeviceFacts(@NonNull Path sysfsDevices) {
        this.sysfsDevices = sysfsDevices;
    }

    /** A GPU that answers; whether it is healthy is for others to say. */
    @NonNull
    Device of(@NonNull NvmlDevice gpu, int index, @NonNull String uuid) {
        String name = gpu.name();
        MemorySize memory = MemoryState.of(gpu).total();
        String pciBusId = gpu.pciBusId();
        return new Device(uuid, index, name == null ? UNKNOWN_MODEL : name, memory, computeCapability(gpu), pciBusId,
                numaNode(gpu, pciBusId), gpu.isInMigMode(), null, null, Health.OK);
    }

    /** A GPU of which nothing is known but that it is there: it has a stand-in for its UUID, and nobody may lease it. */
    @NonNull
    static Device unreadable(int index, @NonNull String pciBusId, @NonNull String problem) {
        return new Device(UNREADABLE + index, index, UNKNOWN_MODEL, null, null, pciBusId, -1, false, null, null,
                Health.sick(problem));
    }

    @CheckForNull
    static ComputeCapability computeCapability(@NonNull NvmlDevice device) {
        IntByReference minor = new IntByReference();
        Integer major = device.number((handle, found) -> device.nvml().nvmlDeviceGetCudaComputeCapability(handle, found, minor));
        return major == null || major < 1 || minor.getValue() < 0 || minor.getValue() > 9
                ? null
                : new ComputeCapability(major, minor.getValue());
    }

    private int numaNode(NvmlDevice gpu, String pciBusId) {
        try (Memory nodes = new Memory(NODE_SET_BYTES)) {
            nodes.clear();
            int words = NODE_SET_BYTES / Native.LONG_SIZE;
            int code = gpu.ask((handle, set) -> gpu.nvml().nvmlDeviceGetMemoryAffinity(handle, words, set, 0), nodes);
            BitSet set = BitSet.valueOf(nodes.getByteArray(0, NODE_SET_BYTES));
            return code == SUCCESS && set.cardinality() == 1 ? set.nextSetBit(0) : numaNodeOfSysfs(pciBusId);
        }
    }

    private int numaNodeOfSysfs(String pciBusId) {
        String name = PciBusId.sysfsName(pciBusId);
        if (name == null) {
            return -1;
        }
        try {
            return Math.max(-1, Integer.parseInt(Files.readString(sysfsDevices.resolve(name).resolve("numa_node")).strip()));
        } catch (IOException | NumberFormatException | InvalidPathException e) {
            return -1; // no Linux, or a kernel without NUMA
        }
    }
}
