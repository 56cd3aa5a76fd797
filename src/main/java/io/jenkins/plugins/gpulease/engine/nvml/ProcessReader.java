package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.FUNCTION_NOT_FOUND;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.INSUFFICIENT_SIZE;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.NO_PERMISSION;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess.Kind;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Lists the processes that use a device. An empty list is no proof: in a container, drivers leave out the processes that the
 * container can't see, so the used memory has to be judged, too.
 */
final class ProcessReader {

    private static final Logger LOGGER = Logger.getLogger(ProcessReader.class.getName());

    /** More on one device is not plausible; what is beyond is left out. */
    static final int MOST_PROCESSES = 4096;

    /** What a window manager or a browser may use of a device. */
    static final MemorySize DESKTOP_PROCESS = MemorySize.ofMib(512);

    private static final int FIRST_CAPACITY = 32;

    /** Processes may start between two calls, so a list may outgrow its buffer more than once. */
    private static final int MOST_ATTEMPTS = 8;

    private final NvmlDevice device;

    /** A function that lists processes. */
    private interface Listing {
        int list(Pointer device, IntByReference count, Memory processes);
    }

    /** A version of such a function, and the size of its entries. */
    private record Version(Listing listing, int stride) {}

    /** What a function answered; no entries unless the code is {@link ReturnCode#SUCCESS}. */
    private record Answer(int code, List<ProcessTable.Entry> entries) {}

    private ProcessReader(NvmlDevice device) {
        this.device = device;
    }

    /**
     * Each process once. Those that compute and draw are mostly a desktop's: on Windows all of them do, and tell no memory. One
     * counts as computing only if it uses more than {@link #DESKTOP_PROCESS}.
     */
    @NonNull
    static List<GpuProcess> of(@NonNull NvmlDevice device) {
        return List.copyOf(new ProcessReader(device).read().values());
    }

    private Map<Long, GpuProcess> read() {
        Map<Long, GpuProcess> processes = new LinkedHashMap<>();
        boolean refused = add(processes, mpsVersions(), Kind.MPS);
        refused |= add(processes, computeVersions(), Kind.COMPUTE);
        refused |= add(processes, graphicsVersions(), Kind.GRAPHICS);
        if (refused && device.isInMigMode()) {
            // Only root may ask a GPU in MIG mode; its instances answer everybody.
            for (NvmlDevice instance : MigInstances.handles(device).values()) {
                new ProcessReader(instance).read().forEach(processes::putIfAbsent);
            }
        }
        return processes;
    }

    /** @return whether the driver refused to tell */
    private boolean add(Map<Long, GpuProcess> processes, List<Version> versions, Kind kind) {
        Answer answer = newest(versions);
        if (answer.code() != SUCCESS) {
            LOGGER.log(Level.FINE, "No list of {0} processes: {1}", new Object[] {kind, ReturnCode.describe(answer.code())});
        }
        for (ProcessTable.Entry entry : answer.entries()) {
            if (entry.pid() != 0 && processes.size() < MOST_PROCESSES) {
                processes.computeIfAbsent(
                        entry.pid(), pid -> new GpuProcess(pid, ProcessCommand.of(pid), entry.memory(), kind));
            }
            if (kind == Kind.GRAPHICS) {
                processes.computeIfPresent(entry.pid(), (pid, known) -> isOfDesktop(known) ? drawing(known) : known);
            }
        }
        return answer.code() == NO_PERMISSION;
    }

    private static boolean isOfDesktop(GpuProcess drawing) {
        return drawing.kind() == Kind.COMPUTE && (drawing.memory() == null || DESKTOP_PROCESS.isAtLeast(drawing.memory()));
    }

    private static GpuProcess drawing(GpuProcess process) {
        return new GpuProcess(process.pid(), process.command(), process.memory(), Kind.GRAPHICS);
    }

    private Answer newest(List<Version> versions) {
        Answer answer = new Answer(FUNCTION_NOT_FOUND, List.of());
        for (Version version : versions) {
            answer = list(version);
            if (answer.code() != FUNCTION_NOT_FOUND) {
                break;
            }
        }
        return answer;
    }

    private Answer list(Version version) {
        int capacity = FIRST_CAPACITY;
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            IntByReference count = new IntByReference(capacity);
            // Slack behind the last entry: a driver that writes wider entries than it declares overruns the buffer.
            try (Memory buffer = new Memory((long) (capacity + 1) * ProcessTable.WIDEST)) {
                buffer.setMemory(0, buffer.size(), ProcessTable.SENTINEL);
                int code = device.ask((handle, room) -> version.listing().list(handle, count, room), buffer);
                if (code == SUCCESS) {
                    int found = Math.max(0, Math.min(count.getValue(), capacity));
                    byte[] written = buffer.getByteArray(0, (int) buffer.size());
                    return new Answer(SUCCESS, ProcessTable.entries(written, found, version.stride()));
                }
                if (code != INSUFFICIENT_SIZE) {
                    return new Answer(code, List.of());
                }
            }
            int needed = Math.max(count.getValue(), capacity);
            capacity = Math.min(needed + needed / 4 + 4, 4 * MOST_PROCESSES);
        }
        return new Answer(INSUFFICIENT_SIZE, new ArrayList<>());
    }

    private List<Version> computeVersions() {
        Nvml nvml = device.nvml();
        return List.of(
                new Version(nvml::nvmlDeviceGetComputeRunningProcesses_v3, 24),
                new Version(nvml::nvmlDeviceGetComputeRunningProcesses_v2, 24),
                new Version(nvml::nvmlDeviceGetComputeRunningProcesses, 16));
    }

    private List<Version> graphicsVersions() {
        Nvml nvml = device.nvml();
        return List.of(
                new Version(nvml::nvmlDeviceGetGraphicsRunningProcesses_v3, 24),
                new Version(nvml::nvmlDeviceGetGraphicsRunningProcesses_v2, 24),
                new Version(nvml::nvmlDeviceGetGraphicsRunningProcesses, 16));
    }

    private List<Version> mpsVersions() {
        Nvml nvml = device.nvml();
        return List.of(
                new Version(nvml::nvmlDeviceGetMPSComputeRunningProcesses_v3, 24),
                new Version(nvml::nvmlDeviceGetMPSComputeRunningProcesses, 24));
    }
}
