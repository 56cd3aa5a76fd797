package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Logs what the probe's process prints to its standard error, and keeps the last line to tell why it ended. */
public final class ErrorOutput implements Runnable {

    private static final Logger LOGGER = Logger.getLogger(ErrorOutput.class.getName());

    private static final int MAX_LINE = 1000;

    /** For what is still in the pipe when the process has ended. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private final long pid;
    private final InputStream stream;
    private final CompletableFuture<String> lastLine = new CompletableFuture<>();

    public ErrorOutput(long pid, @NonNull InputStream stream) {
        this.pid = pid;
        this.stream = stream;
    }

    @Override
    public void run() {
        StringBuilder line = new StringBuilder();
        String last = "";
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (int c; (c = reader.read()) >= 0; ) {
                if (c == '\n') {
                    last = log(line, last);
                } else if (line.length() < MAX_LINE) { // the rest of an overlong line is dropped
                    line.append((char) c);
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINEST, "The probe's standard error broke", e);
        }
        lastLine.complete(log(line, last));
    }

    /** @return the line, or the one before if it is empty */
    private String log(StringBuilder line, String before) {
        String text = line.toString().strip();
        line.setLength(0);
        if (text.isEmpty()) {
            return before;
        }
        LOGGER.fine(() -> "Probe " + pid + ": " + text);
        return text;
    }

    /** The last line for the end of a message, once the process has ended; empty if there was none. */
    @NonNull
    public String lastWords() {
        String line = Waiting.uninterruptibly(lastLine, PATIENCE);
        return line == null || line.isEmpty() ? "" : "; the last it said was: " + line;
    }
}
