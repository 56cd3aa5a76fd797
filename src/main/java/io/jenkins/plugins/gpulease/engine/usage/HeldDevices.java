package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.time.Duration;
import java.util.List;

/**
 * A lease that is over, as far as hints need it.
 *
 * @param held how long
 * @param asked memory that each device had to have, or the budget on shared ones; null if nothing was asked for
 * @param processesLeft that still used its devices afterwards
 */
public record HeldDevices(
        @NonNull Duration held, @NonNull List<Device> devices, @CheckForNull MemorySize asked, int processesLeft) {

    public HeldDevices {
        devices = List.copyOf(devices);
    }
}
