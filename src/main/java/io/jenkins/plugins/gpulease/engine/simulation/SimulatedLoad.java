package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Announces what this process does to simulated devices, by a file named after its process id with a line
 * {@code <uuid> <memory> <utilization>} for each device. It counts until it is closed or the process ends, however it ends.
 * A shell can do the same: {@code echo "$CUDA_VISIBLE_DEVICES 12GB 80" > /tmp/gpu-lease-simulated-$(id -un)/$$}.
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

    /** {@code gpu-lease-simulated-} and the user's name in the folder for temporary files: each user has a folder of its own. */
    @NonNull
    public static Path defaultFolder() {
        String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
        return Path.of(System.getProperty("java.io.tmpdir"), "gpu-lease-simulated-" + user);
    }

    /**
     * Starts to use a device, or uses it differently.
     *
     * @param memory counted in whole MiB, at least one
     * @param utilization 0 to 100 %
     * @throws IOException if the folder can't be written to, or is another user's
     */
    public synchronized void use(@NonNull String uuid, @NonNull MemorySize memory, int utilization) throws IOException {
        loads.put(uuid, new Load(uuid, memory, utilization));
        LoadFolder.prepare(folder);
        // Whoever reads must not see half a file.
        Path draft = folder.resolve(file.getFileName() + ".new");
        Files.deleteIfExists(draft); // of a process that was killed and had the same id
        Files.writeString(draft, text(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
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
