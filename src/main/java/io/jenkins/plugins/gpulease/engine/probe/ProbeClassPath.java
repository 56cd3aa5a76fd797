package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;

/** What the probe's process needs on its class path. */
public final class ProbeClassPath {

    private ProbeClassPath() {}

    /**
     * The engine's own jar or folder and JNA's, as they were loaded into this JVM; one path if both are in the same jar.
     *
     * @throws IllegalStateException if JNA isn't there or one of them wasn't loaded from a file
     */
    @NonNull
    public static List<Path> ofThisEngine() {
        try {
            // By name: only the NVML binding may depend on JNA.
            Class<?> jna = Class.forName("com.sun.jna.Native", false, ProbeClassPath.class.getClassLoader());
            return Stream.of(ProbeClassPath.class, jna).map(ProbeClassPath::origin).distinct().toList();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("JNA isn't on the class path; start the program from gpu-lease.jar", e);
        }
    }

    private static Path origin(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        try {
            return Path.of(source.getLocation().toURI()).toAbsolutePath();
        } catch (URISyntaxException | RuntimeException e) {
            throw new IllegalStateException(type.getName() + " wasn't loaded from a file but from " + source, e);
        }
    }
}
