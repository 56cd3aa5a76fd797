package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sun.misc.Signal;

/**
 * Passes signals on to the command that {@code run} has started; before that they end this process, as they do by default.
 * Afterwards they only end the command, so that its GPUs are given back and its usage is told.
 */
final class SignalRelay {

    private static final List<String> SIGNALS = List.of("HUP", "INT", "TERM");

    private Process program;

    /** Starts to handle signals. */
    void install() {
        for (String name : SIGNALS) {
            try {
                Signal.handle(new Signal(name), this::handle);
            } catch (IllegalArgumentException e) {
                // this platform doesn't have it, or the JVM was told to leave it alone
            }
        }
    }

    /** Starts a program that gets the signals from now on; none is lost in between. */
    @NonNull
    synchronized Process start(@NonNull ProcessBuilder builder) throws IOException {
        program = builder.start();
        return program;
    }

    private synchronized void handle(Signal signal) {
        if (program == null) {
            System.exit(ExitCode.SIGNAL + signal.getNumber()); // with the monitor held, so that nothing is started any more
        } else if (program.isAlive() && !(signal.getName().equals("INT") && isInForeground())) {
            send(signal.getName());
        }
    }

    /** What is typed at a terminal reaches all processes in its foreground, the program among them; twice would be too often. */
    private static boolean isInForeground() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat")); // proc(5)
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            String processGroup = fields[2];
            String foregroundGroup = fields[5];
            return processGroup.equals(foregroundGroup);
        } catch (IOException | RuntimeException e) {
            return System.console() != null;
        }
    }

    private void send(String signal) {
        try {
            new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + program.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            program.destroy(); // no shell here: the end is what all of them ask for
        }
    }
}
