package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.probe.ChildJvm;
import io.jenkins.plugins.gpulease.engine.probe.ErrorOutput;
import io.jenkins.plugins.gpulease.engine.probe.Frames;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The process that asks the driver, seen from whoever wants to know. A process that doesn't end in time is killed. */
final class DriverChild {

    /** With persistence mode off, the driver attaches each GPU for 1 to 3 s, so sixteen of them take up to 48 s. */
    static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final int PATIENCE_FOR_END_MILLIS = 2_000;

    private final Process process;
    private final ErrorOutput errors;
    private final List<DriverNote> notes = new ArrayList<>();
    private final CompletableFuture<Void> read = new CompletableFuture<>();

    private DriverChild(Process process) {
        this.process = process;
        this.errors = new ErrorOutput(process.pid(), process.getErrorStream());
        start("notes", this::readNotes);
        start("errors", errors);
    }

    /**
     * Asks the driver of this machine.
     *
     * @param classPath the engine's and JNA's jars or folders
     * @param library absolute path of NVML; null for the usual places
     */
    @NonNull
    static DriverLook ask(@NonNull List<Path> classPath, @CheckForNull Path library, @NonNull Duration deadline)
            throws InterruptedException {
        List<String> arguments = library == null ? List.of() : List.of(library.toString());
        ProcessBuilder builder = ChildJvm.builder(classPath, DriverMain.class, arguments);
        builder.environment().put("LC_ALL", "C"); // reasons of the operating system are compared
        return ask(builder, deadline);
    }

    @NonNull
    static DriverLook ask(@NonNull ProcessBuilder builder, @NonNull Duration deadline) throws InterruptedException {
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new DriverLook(true, "A process to ask the driver in can't be started: " + e.getMessage(), List.of());
        }
        DriverChild child = new DriverChild(process);
        try {
            return child.await(deadline);
        } finally {
            process.destroyForcibly();
        }
    }

    private void start(String task, Runnable work) {
        Thread thread = new Thread(work, "gpu-lease doctor " + process.pid() + " " + task);
        thread.setDaemon(true);
        thread.start();
    }

    private void readNotes() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
            for (DriverNote note; (note = Frames.read(in, DriverNote.class)) != null; ) {
                add(note);
            }
        } catch (IOException e) {
            process.destroyForcibly();
        }
        read.complete(null);
    }

    private synchronized void add(DriverNote note) {
        notes.add(note);
    }

    private DriverLook await(Duration deadline) throws InterruptedException {
        String problem;
        try {
            read.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            problem = process.waitFor(PATIENCE_FOR_END_MILLIS, TimeUnit.MILLISECONDS)
                    ? "ended with exit code " + process.exitValue() + errors.lastWords()
                    : "closed its end of the pipe";
        } catch (TimeoutException e) {
            problem = "was killed, as it hadn't ended after " + deadline.toSeconds() + " s";
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return look(problem);
    }

    private synchronized DriverLook look(String how) {
        DriverNote last = notes.isEmpty() ? null : notes.get(notes.size() - 1);
        String problem = last instanceof DriverNote.End
                ? null
                : "The process that asks the driver (pid " + process.pid() + ") " + how + ", while " + doing();
        return new DriverLook(true, problem, notes);
    }

    private String doing() {
        return notes.stream()
                .filter(DriverNote.Step.class::isInstance)
                .reduce((earlier, later) -> later)
                .map(step -> ((DriverNote.Step) step).doing())
                .orElse("starting");
    }
}
