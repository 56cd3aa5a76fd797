package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * What the devices of a lease did while it was held.
 *
 * @param held time covered by the readings
 * @param devices one for each device of the lease
 */
public record LeaseUsage(@NonNull Duration held, @NonNull List<DeviceUsage> devices) implements Serializable {

    /** Nobody could watch. */
    public static final LeaseUsage UNKNOWN = new LeaseUsage(Duration.ZERO, List.of());

    public LeaseUsage {
        devices = List.copyOf(devices);
    }

    public boolean isKnown() {
        return !devices.isEmpty();
    }
}
