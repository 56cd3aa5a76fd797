package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The program that a process runs. */
final class ProcessCommand {

    private static final int LONGEST = 200;

    private ProcessCommand() {}

    /** Path or name of the program, shortened; null if the process has ended or can't be seen from here. */
    @CheckForNull
    static String of(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command().or(() -> shortName(pid)))
                .map(command -> NativeText.harmless(command, LONGEST))
                .filter(command -> !command.isEmpty())
                .orElse(null);
    }

    /** Linux shows the path of a program only to its own user, but the name to everybody. */
    private static Optional<String> shortName(long pid) {
        try {
            return Optional.of(Files.readString(Path.of("/proc", Long.toString(pid), "comm")));
        } catch (IOException e) {
            return Optional.empty(); // not Linux, or the process has just ended
        }
    }
}
