package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.List;

/** What whoever held a lease could do better next time. */
public sealed interface UsageHint {

    /**
     * Much less memory was used than was asked for.
     *
     * @param peak of the device that used most
     * @param asked of each device
     * @param enough what would do, with a margin; less than {@code asked}
     */
    record LessThanAsked(@NonNull MemorySize peak, @NonNull MemorySize asked, @NonNull MemorySize enough)
            implements UsageHint {}

    /**
     * Much less memory was used than the devices have, and none was asked for.
     *
     * @param peak of the device that used most
     * @param total of the smallest device
     * @param enough what would do, with a margin; less than {@code total}
     */
    record LessThanCard(@NonNull MemorySize peak, @NonNull MemorySize total, @NonNull MemorySize enough)
            implements UsageHint {}

    /**
     * The devices that were used did little.
     *
     * @param percent their mean utilisation
     */
    record LowUtilization(int percent) implements UsageHint {}

    /**
     * Some devices did nothing at all.
     *
     * @param devices those, one at least
     * @param of number of devices of the lease
     */
    record Unused(@NonNull List<Device> devices, int of) implements UsageHint {

        public Unused {
            devices = List.copyOf(devices);
        }
    }

    /**
     * Something slowed the clocks down.
     *
     * @param percent of the time, on the device where it was longest
     */
    record Throttled(int percent) implements UsageHint {}

    /**
     * Programs outlived the block.
     *
     * @param processes their number, 1 or more
     */
    record LeftBehind(int processes) implements UsageHint {}
}
