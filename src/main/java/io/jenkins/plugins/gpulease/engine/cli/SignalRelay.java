package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;
import sun.misc.Signal;

/**
 * Passes signals on to the command that {@code run} has started. Before that they end this process, as they do by default, and
 * so they do after the command's end: whoever gives its GPUs back then may hang.
 */
final class SignalRelay {

    /** The JVM keeps SIGUSR2 and SIGQUIT for itself. */
    private static final List<String> SIGNALS = List.of("HUP", "INT", "TERM", "USR1");

    /** What is typed at a terminal, or sent to a whole group, may arrive here after it has ended the command. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final IntConsumer exit;
    private final Duration grace;
    private Process program;
    private volatile long endedAt;

    SignalRelay() {
        this(System::exit, GRACE);
    }

    /**
     * @param exit ends this process
     * @param grace how long after its end a signal is still the command's
     */
    SignalRelay(@NonNull IntConsumer exit, @NonNull Duration grace) {
        this.exit = exit;
        this.grace = grace;
    }

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
        program.onExit().thenRun(() -> endedAt = System.nanoTime());
        return program;
    }

    synchronized void handle(@NonNull Signal signal) {
        if (program == null || hasLongEnded()) {
            exit.accept(ExitCode.SIGNAL + signal.getNumber()); // with the monitor held, so that nothing is started any more
        } else if (program.isAlive() && !(signal.getName().equals("INT") && isInForeground())) {
            send(signal.getName());
        }
    }

    private boolean hasLongEnded() {
        return endedAt != 0 && System.nanoTime() - endedAt >= grace.toNanos();
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
