package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import io.jenkins.plugins.gpulease.engine.simulation.SimulationSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How to start the probe's process. Immutable: each {@code with…} gives a changed copy. */
public final class ProbeLaunch {

    /**
     * A small heap, one collector thread, no second compiler: it sleeps most of the time. Running out of memory ends it, since a
     * probe without a thread or two would seem to hang.
     */
    private static final List<String> JVM_OPTIONS = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-Xmx48m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            "-Djava.awt.headless=true");

    /** Where JNA may unpack its library, and where locks are: what was set for this JVM holds for the probe, too. */
    private static final List<String> INHERITED_PROPERTIES =
            List.of("java.io.tmpdir", "jna.tmpdir", "jna.boot.library.path", "jna.nosys", "jna.nounpack",
                    HostLocks.PROPERTY, IdleMemory.PROPERTY);

    /** Would add options that are meant for this JVM, such as the port of a debugger. */
    private static final List<String> REMOVED_VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

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
        List<String> command = new ArrayList<>();
        command.add(java().toString());
        command.addAll(JVM_OPTIONS);
        command.add("-XX:ErrorFile=" + Path.of(System.getProperty("java.io.tmpdir"), "gpu-lease-probe-crash-%p.log"));
        INHERITED_PROPERTIES.stream()
                .filter(name -> System.getProperty(name) != null)
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.add("-cp");
        command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add(ProbeMain.class.getName());
        command.addAll(arguments.words());
        return command;
    }

    private static Path java() {
        boolean windows = File.separatorChar == '\\';
        return Path.of(System.getProperty("java.home"), "bin", windows ? "java.exe" : "java");
    }

    @NonNull
    Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command());
        REMOVED_VARIABLES.forEach(builder.environment()::remove);
        return builder.start();
    }
}
