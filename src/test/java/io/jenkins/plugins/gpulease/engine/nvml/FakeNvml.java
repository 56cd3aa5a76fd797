package io.jenkins.plugins.gpulease.engine.nvml;

import static org.junit.Assume.assumeTrue;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.rules.ExternalResource;

/**
 * A copy of the fake NVML library in a folder of its own, with a world of its own; see {@code src/test/native/README.md}.
 * Give {@link #libraryPath()} to whatever loads NVML, in this process or in a child. Tests are skipped where there is no gcc.
 */
public final class FakeNvml extends ExternalResource {

    private static final Map<Generation, Path> BUILT = new EnumMap<>(Generation.class);

    private final Generation generation;
    private FakeWorld world;
    private Path folder;
    private NvmlSource source;

    /** Which driver's library it stands for; older ones lack functions. */
    public enum Generation {
        R450(450),
        R470(470),
        R510(510),
        /** Entries of process lists have 32 bytes, which nothing says. */
        R535_BROKEN(535),
        CURRENT(550),
        /** A library, but not NVML. */
        NOT_NVML(1);

        private final int number;

        Generation(int number) {
            this.number = number;
        }
    }

    public FakeNvml() {
        this(Generation.CURRENT);
    }

    public FakeNvml(@NonNull Generation generation) {
        this.generation = generation;
    }

    /** A call of the library; the device is a UUID, what was looked up, or {@code -}. */
    public record Call(String function, String device, long pid, long thread) {

        private static Call parse(String line) {
            String[] words = line.split(" ");
            return new Call(words[0], words[1], Long.parseLong(words[2]), Long.parseLong(words[3]));
        }
    }

    @Override
    protected void before() throws IOException, InterruptedException {
        assumeTrue("The fake NVML library needs Linux", System.getProperty("os.name").equals("Linux"));
        assumeTrue("The fake NVML library needs gcc", hasGcc());
        folder = Files.createTempDirectory("fake-nvml");
        Files.copy(built(generation), library());
        world = new FakeWorld(folder);
    }

    @Override
    protected void after() {
        if (source != null) {
            source.close();
        }
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Absolute path of the library. */
    @NonNull
    public String libraryPath() {
        return library().toString();
    }

    /** The folder of the library, its world and its log. */
    @NonNull
    public Path folder() {
        return folder;
    }

    /** The world, which takes effect when it is written. */
    @NonNull
    public FakeWorld world() {
        return world;
    }

    /** A source on this library, in this process; closed at the end of the test. */
    @NonNull
    public synchronized NvmlSource source() {
        if (source == null) {
            source = new NvmlSource(libraryPath(), NvidiaHardware.below(folder), folder.resolve("sysfs"));
        }
        return source;
    }

    /** Writes the world, then scans it. */
    @NonNull
    public Inventory scan() {
        world.write();
        return source().scan();
    }

    /** Writes the world, then reads a device. */
    @NonNull
    public Reading read(@NonNull String uuid) {
        world.write();
        return source().read(uuid);
    }

    /** All calls so far, by any process. */
    @NonNull
    public List<Call> calls() {
        Path log = folder.resolve("fake-nvml.log");
        try {
            return Files.exists(log) ? Files.readAllLines(log).stream().map(Call::parse).toList() : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The calls of one function so far. */
    @NonNull
    public List<Call> calls(@NonNull String function) {
        return calls().stream().filter(call -> call.function().equals(function)).toList();
    }

    /** Waits until a function was called, at most ten seconds. */
    public void awaitCall(@NonNull String function) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (calls(function).isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(function + " was not called within ten seconds");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private Path library() {
        return folder.resolve("libnvidia-ml.so.1");
    }

    private static boolean hasGcc() throws InterruptedException {
        try {
            return run("gcc", "--version") == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static synchronized Path built(Generation generation) throws IOException, InterruptedException {
        Path known = BUILT.get(generation);
        if (known != null) {
            return known;
        }
        Path source = Path.of(System.getProperty("basedir", "")).resolve("src/test/native/fake_nvml.c").toAbsolutePath();
        Path library = Files.createTempFile("fake-nvml-" + generation, ".so");
        library.toFile().deleteOnExit();
        int status = run("gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-DFAKE_NVML=" + generation.number,
                "-o", library.toString(), source.toString(), "-ldl", "-lpthread");
        if (status != 0) {
            throw new IOException("gcc can't build " + source + "; its messages are above");
        }
        BUILT.put(generation, library);
        return library;
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " did not end");
        }
        return process.exitValue();
    }

    /** Replaces a file as a whole, so that nobody reads half of it. */
    static void replace(Path file, String text) {
        try {
            Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
