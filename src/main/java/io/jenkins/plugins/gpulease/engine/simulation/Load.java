package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.Optional;

/**
 * What one process does to one simulated device: one line of its file, {@code <uuid> <memory> <utilization>}.
 *
 * @param utilization 0 to 100 %
 */
record Load(@NonNull String uuid, @NonNull MemorySize memory, int utilization) {

    Load {
        if (uuid.isBlank() || uuid.contains(" ")) {
            throw new IllegalArgumentException("'" + uuid + "' is no UUID of a device");
        }
        if (utilization < 0 || utilization > 100) {
            throw new IllegalArgumentException("A utilization of " + utilization + " % isn't between 0 and 100");
        }
    }

    /** Reads a line; empty if it has another form. */
    @NonNull
    static Optional<Load> parse(@NonNull String line) {
        String[] words = line.trim().split("\\s+");
        if (words.length != 3) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Load(words[0], MemorySize.parse(words[1]), Integer.parseInt(words[2])));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @NonNull
    String line() {
        return uuid + " " + Math.max(1, memory.mib()) + "MiB " + utilization;
    }
}
