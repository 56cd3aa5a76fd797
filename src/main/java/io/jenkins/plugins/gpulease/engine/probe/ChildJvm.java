package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How to start a JVM that may hang or crash in the driver: small, with this JVM's Java, and without what is meant for this JVM. */
public final class ChildJvm {

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

    private ChildJvm() {}

    /** @param classPath the engine's and JNA's jars or folders */
    @NonNull
    public static ProcessBuilder builder(@NonNull List<Path> classPath, @NonNull Class<?> main, @NonNull List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(command(classPath, main, arguments));
        REMOVED_VARIABLES.forEach(builder.environment()::remove);
        return builder;
    }

    @NonNull
    static List<String> command(List<Path> classPath, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(java().toString());
        command.addAll(JVM_OPTIONS);
        command.add("-XX:ErrorFile=" + Path.of(System.getProperty("java.io.tmpdir"), "gpu-lease-probe-crash-%p.log"));
        INHERITED_PROPERTIES.stream()
                .filter(name -> System.getProperty(name) != null)
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.add("-cp");
        command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }

    private static Path java() {
        boolean windows = File.separatorChar == '\\';
        return Path.of(System.getProperty("java.home"), "bin", windows ? "java.exe" : "java");
    }
}
