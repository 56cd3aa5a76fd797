package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings;
import java.io.Serializable;
import java.util.List;

/** Something that the child process found, told at once, so that it isn't lost when the next thing hangs. */
sealed interface DriverNote extends Serializable {

    /**
     * What it does next, which may be the last that is heard of it.
     *
     * @param doing continues "while"
     */
    record Step(@NonNull String doing) implements DriverNote {}

    /**
     * What the kernel's driver wrote into the kernel's log.
     *
     * @param problem why that can't be read; null if it can
     */
    record KernelLog(@NonNull List<String> lines, @CheckForNull String problem) implements DriverNote {}

    /** Minor numbers of the device files of the GPUs that the kernel's driver has. */
    record Minors(@NonNull List<Integer> numbers) implements DriverNote {}

    /** A device file was opened, or not. */
    record Opened(@NonNull String path, @NonNull Outcome outcome, @NonNull String reason) implements DriverNote {

        /** How that went. */
        enum Outcome {
            OPEN,
            /** The file's permissions don't allow it (EACCES). */
            DENIED,
            /** The permissions would allow it, but something else doesn't (EPERM). */
            FORBIDDEN,
            FAILED
        }
    }

    /**
     * NVML looked for GPUs.
     *
     * @param answer what NVML said when it was initialised, 0 for success; null if it couldn't be loaded
     * @param library file that NVML was loaded from; null if unknown
     */
    record Scanned(@NonNull Inventory inventory, @CheckForNull Integer answer, @CheckForNull String library) implements DriverNote {}

    /** A look at one device. */
    record Looked(@NonNull Reading reading, @NonNull GpuSettings settings) implements DriverNote {}

    /** There is nothing more to come. */
    record End() implements DriverNote {}
}
