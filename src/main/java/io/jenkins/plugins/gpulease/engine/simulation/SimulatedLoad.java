package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Announces what this process does to simulated devices, by a file named after its process id with a line
 * {@code <uuid> <memory> <utilization>} for each device. It counts until it is closed or the process ends, however it ends.
 * A shell can do the same: {@code echo "$CUDA_VISIBLE_DEVICES 12GB 80" > /tmp/gpu-lease-simulated/$$}.
 *
 * <p>Thread-safe. One for each process and folder: a second one would overwrite the first one's file.
 */
public final class SimulatedLoad implements Closeable {

    private final Path folder;
    private final Path file;
    private final Map<String, Load> loads = new LinkedHashMap<>();

    /** @param folder as given to the {@link SimulatedSource} */
    public SimulatedLoad(@NonNull Path folder) {
        this.folder = folder;
        this.file = folder.resolve(Long.toString(ProcessHandle.current().pid()));
    }

    /** {@code gpu-lease-simulated} in the folder for temporary files. */
    @NonNull
    public static Path defaultFolder() {
        return Path.of(System.getProperty("java.io.tmpdir"), "gpu-lease-simulated");
    }

    /**
     * Starts to use a device, or uses it differently.
     *
     * @param memory counted in whole MiB, at least one
     * @param utilization 0 to 100 %
     * @throws IOException if the folder can't be written to
     */
    public synchronized void use(@NonNull String uuid, @NonNull MemorySize memory, int utilization) throws IOException {
        loads.put(uuid, new Load(uuid, memory, utilization));
        Files.createDirectories(folder);
        // Whoever reads must not see half a file.
        Path draft = Files.writeString(folder.resolve(file.getFileName() + ".new"), text());
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        loads.values().forEach(load -> text.append(load.line()).append('\n'));
        return text.toString();
    }

    /** Stops using all devices. Idempotent. */
    @Override
    public synchronized void close() throws IOException {
        loads.clear();
        Files.deleteIfExists(file);
    }
}
