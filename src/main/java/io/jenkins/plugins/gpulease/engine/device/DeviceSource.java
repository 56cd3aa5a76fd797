package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.util.Optional;

/**
 * Where devices are read from: NVML, or a simulation. An implementation may block for as long as a broken driver does,
 * and may be used by several threads at once.
 */
public interface DeviceSource extends AutoCloseable {

    /** Looks at all devices. Never throws: what goes wrong is the inventory's status and reason, or a device's health. */
    @NonNull
    Inventory scan();

    /**
     * Looks at one device that an earlier scan found. Never throws: what goes wrong is the reading's health.
     *
     * @param uuid of a GPU or a MIG instance
     */
    @NonNull
    Reading read(@NonNull String uuid);

    /**
     * Waits for the driver to report an error.
     *
     * @param patience how long at most; an implementation that can't watch for errors waits as long and returns nothing
     */
    @NonNull
    Optional<XidEvent> awaitXid(@NonNull Duration patience) throws InterruptedException;

    @Override
    void close();
}
