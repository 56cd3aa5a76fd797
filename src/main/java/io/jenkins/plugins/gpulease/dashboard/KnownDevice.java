package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A device, and the node that it is part of. */
record KnownDevice(@NonNull String node, @NonNull DeviceView view) {

    @NonNull
    String uuid() {
        return view.device().uuid();
    }

    /** For people. */
    @NonNull
    String title() {
        Device device = view.device();
        return device.isMigInstance()
                ? Messages.KnownDevice_instance(Integer.toString(device.index()), device.migProfile())
                : Messages.KnownDevice_gpu(Integer.toString(device.index()), device.model());
    }

    /**
     * Finds a device.
     *
     * @param name its UUID or, with a node, its index, which means a whole GPU
     */
    @NonNull
    static Optional<KnownDevice> find(@NonNull List<NodeView> nodes, @CheckForNull String node, @NonNull String name) {
        return nodes.stream()
                .filter(view -> node == null || view.node().equals(node))
                .flatMap(view -> view.devices().stream().map(device -> new KnownDevice(view.node(), device)))
                .filter(device -> device.uuid().equals(name) || node != null && device.isGpu(name))
                .findFirst();
    }

    private boolean isGpu(String index) {
        return !view.device().isMigInstance() && Objects.equals(Integer.toString(view.device().index()), index);
    }
}
