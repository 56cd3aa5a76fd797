package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.Optional;
import java.util.Set;

/** The choice of devices for a request: the same answer for the same arguments. Thread-safe, without locks and without I/O. */
@FunctionalInterface
public interface Placement {

    /**
     * Chooses devices for a request among those that are idle.
     *
     * @param inventory of the node
     * @param idle UUIDs of the devices that may be handed out now
     * @return exactly as many devices as asked for, with a score by which choices for one request on several nodes can be compared;
     *     empty if the idle ones can't satisfy the request. For {@link DeviceRequest#ALL} it is all matching healthy devices of
     *     the inventory, and empty while any of them isn't idle
     */
    @NonNull
    Optional<Choice> choose(@NonNull DeviceRequest request, @NonNull Inventory inventory, @NonNull Set<String> idle);
}
