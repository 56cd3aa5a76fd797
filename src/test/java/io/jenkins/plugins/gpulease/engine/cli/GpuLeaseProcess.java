package io.jenkins.plugins.gpulease.engine.cli;

import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code gpu-lease} as a process, with locks and loads in a folder of the test's. */
final class GpuLeaseProcess implements Closeable {

    private static final long PATIENCE_SECONDS = 30;

    private final Process process;
    private final BufferedReader output;
    private final Path errors;

    private GpuLeaseProcess(Process process, Path errors) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.errors = errors;
    }

    /** A host of its own for each test. */
    static final class Host {

        private final Path folder;
        private final Map<String, String> environment = new LinkedHashMap<>();

        Host(Path folder) {
            this.folder = folder;
        }

        Host with(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        Path loads() {
            return folder.resolve(SimulatedLoad.defaultFolder().getFileName());
        }

        GpuLeaseProcess start(String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                    "-Djava.io.tmpdir=" + folder, "-cp", System.getProperty("java.class.path"), GpuLeaseMain.class.getName()));
            command.addAll(List.of(arguments));
            Path errors = Files.createTempFile(folder, "errors", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("GPU_") || name.endsWith("VISIBLE_DEVICES"));
            builder.environment().put("GPU_LEASE_LOCKS", folder.resolve("locks").toString());
            builder.environment().putAll(environment);
            return new GpuLeaseProcess(builder.start(), errors);
        }

        /** Starts it with no input and waits for its end. */
        Result run(String... arguments) throws IOException, InterruptedException {
            try (GpuLeaseProcess process = start(arguments)) {
                process.endInput();
                return process.result();
            }
        }
    }

    /** How it ended. */
    record Result(int exitCode, String output, String errors) {}

    long pid() {
        return process.pid();
    }

    String readLine() throws IOException {
        return output.readLine();
    }

    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Not by {@link Process#destroy}, which closes the streams, too. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -s " + name + " " + process.pid()).start().waitFor();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitError(String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!errors().contains(text)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("'" + text + "' didn't come; there is: " + errors());
            }
            Thread.sleep(20);
        }
    }

    Result result() throws IOException, InterruptedException {
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).exceptionally(late -> process.destroyForcibly());
        StringBuilder rest = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            rest.append(line).append('\n');
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("It doesn't end: " + errors());
        }
        return new Result(process.exitValue(), rest.toString(), errors());
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            endInput();
        } catch (IOException e) {
            // it is gone
        }
    }
}
