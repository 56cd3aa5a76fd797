package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Adds up what processes do to one simulated device. */
final class SimulatedReading {

    /** A plain straight line, not a measurement: 60 W when idle, 4 W more for each percent of utilisation. */
    private static final int IDLE_MILLIWATTS = 60_000;

    private static final int MILLIWATTS_PER_PERCENT = 4_000;

    /** As plain: 30 °C when idle, 1 °C more for each two percent of utilisation. */
    private static final int IDLE_CELSIUS = 30;

    private static final int MAX_COMMAND = 200;

    private SimulatedReading() {}

    @NonNull
    static Reading of(@NonNull Device device, @NonNull Map<ProcessHandle, List<Load>> loads, @NonNull Instant takenAt) {
        List<GpuProcess> processes = new ArrayList<>();
        MemorySize used = MemorySize.ZERO;
        int utilization = 0;
        for (Map.Entry<ProcessHandle, List<Load>> entry : loads.entrySet()) {
            for (Load load : entry.getValue()) {
                if (load.uuid().equals(device.uuid())) {
                    processes.add(process(entry.getKey(), load.memory()));
                    used = min(used.plus(min(load.memory(), device.memory())), device.memory());
                    utilization = Math.min(100, utilization + load.utilization());
                }
            }
        }
        return reading(device, takenAt, used, utilization, processes);
    }

    private static Reading reading(
            Device device, Instant takenAt, MemorySize used, int utilization, List<GpuProcess> processes) {
        return new Reading(
                device.uuid(),
                takenAt,
                used,
                device.memory().minus(used),
                false,
                utilization,
                null,
                IDLE_CELSIUS + utilization / 2,
                IDLE_MILLIWATTS + utilization * MILLIWATTS_PER_PERCENT,
                List.of(),
                processes,
                Health.OK);
    }

    private static GpuProcess process(ProcessHandle process, MemorySize memory) {
        return new GpuProcess(process.pid(), command(process), memory, GpuProcess.Kind.COMPUTE);
    }

    @CheckForNull
    private static String command(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName())
                .map(Path::toString)
                .map(name -> name.length() > MAX_COMMAND ? name.substring(0, MAX_COMMAND) : name)
                .orElse(null);
    }

    private static MemorySize min(MemorySize one, MemorySize other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
