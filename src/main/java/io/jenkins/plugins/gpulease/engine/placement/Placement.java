package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The choice of devices for a request: a pure function, the same answer for the same arguments. */
@FunctionalInterface
public interface Placement {

    /**
     * Chooses devices for a request among those that are idle.
     *
     * @param inventory of the node
     * @param idle UUIDs of the devices that may be handed out now
     * @return exactly as many devices as asked for, in the order of PCI bus id; empty if the idle ones can't satisfy the request
     */
    @NonNull
    Optional<List<Device>> choose(@NonNull DeviceRequest request, @NonNull Inventory inventory, @NonNull Set<String> idle);
}
