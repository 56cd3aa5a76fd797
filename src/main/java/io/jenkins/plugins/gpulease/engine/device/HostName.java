package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The host's name without asking the name service, which may take seconds where it isn't set up. */
public final class HostName {

    private static final Path LINUX = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    @NonNull
    public static String get() {
        try {
            return Files.readString(LINUX).trim();
        } catch (IOException e) {
            return Objects.requireNonNullElse(System.getenv("COMPUTERNAME"), "localhost");
        }
    }
}
