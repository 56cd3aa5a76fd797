package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import io.jenkins.plugins.gpulease.engine.simulation.SimulationSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** How to start the probe's process. Immutable: each {@code with…} gives a changed copy. */
public final class ProbeLaunch {

    private final List<Path> classPath;
    private final ProbeArguments arguments;

    private ProbeLaunch(List<Path> classPath, ProbeArguments arguments) {
        this.classPath = List.copyOf(classPath);
        this.arguments = arguments;
    }

    /**
     * A probe of real devices, with NVML and locks in the usual places.
     *
     * @param classPath the engine's and JNA's jars or folders
     */
    @NonNull
    public static ProbeLaunch of(@NonNull List<Path> classPath) {
        return new ProbeLaunch(classPath, ProbeArguments.NONE);
    }

    /** @param library path of NVML */
    @NonNull
    public ProbeLaunch withLibrary(@NonNull Path library) {
        return with("--library", library.toString());
    }

    /**
     * @param spec GPUs to simulate, such as {@code 4xH100:80GB}
     * @throws IllegalArgumentException if {@link SimulationSpec} can't read it
     */
    @NonNull
    public ProbeLaunch withSimulation(@NonNull String spec) {
        SimulationSpec.parse(spec);
        return with("--simulate", spec);
    }

    /** @param loads folder of simulated loads; otherwise {@link SimulatedLoad#defaultFolder} */
    @NonNull
    public ProbeLaunch withLoads(@NonNull Path loads) {
        return with("--loads", loads.toString());
    }

    /** @param locks folder of the host-wide locks */
    @NonNull
    public ProbeLaunch withLocks(@NonNull Path locks) {
        return with("--locks", locks.toString());
    }

    /** @param salt tells simulated hosts on one real host apart, such as the node's name */
    @NonNull
    public ProbeLaunch withSalt(@NonNull String salt) {
        return with("--salt", salt);
    }

    /** @param memory what may be in use on an idle device; otherwise what the environment sets, or 512 MiB */
    @NonNull
    public ProbeLaunch withIdleMemory(@NonNull MemorySize memory) {
        return with("--idle-memory", ProbeArguments.megabytes(memory));
    }

    private ProbeLaunch with(String option, String value) {
        return new ProbeLaunch(classPath, arguments.with(option, value));
    }

    @NonNull
    List<String> command() {
        return ChildJvm.command(classPath, ProbeMain.class, arguments.words());
    }

    @NonNull
    Process start() throws IOException {
        return ChildJvm.builder(classPath, ProbeMain.class, arguments.words()).start();
    }
}
