package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DeviceSource;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.HostName;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Simulated GPUs that do what real processes announce ({@link SimulatedLoad}). They are never sick, never throttled and report
 * no errors. UUIDs are the same each time for the same host, specification and salt.
 */
public final class SimulatedSource implements DeviceSource {

    private static final DottedVersion DRIVER = new DottedVersion("580.65.06");
    private static final DottedVersion CUDA = new DottedVersion("13.0");

    private final List<Device> devices;
    private final Topology topology;
    private final LoadFolder loads;

    /**
     * @param loadFolder where processes announce their loads; made if it isn't there
     * @param salt tells simulated hosts on one real host apart, such as the node's name; may be empty
     */
    public SimulatedSource(@NonNull SimulationSpec spec, @NonNull Path loadFolder, @NonNull String salt) {
        this.devices = SimulatedDevices.of(spec, HostName.get() + '\n' + salt);
        this.topology = SimulatedDevices.topology(spec, devices);
        this.loads = new LoadFolder(loadFolder);
    }

    @Override
    @NonNull
    public Inventory scan() {
        return new Inventory(Inventory.Status.OK, null, devices, topology, DRIVER, CUDA, Instant.now());
    }

    @Override
    @NonNull
    public Reading read(@NonNull String uuid) {
        return devices.stream()
                .filter(device -> device.uuid().equals(uuid))
                .findFirst()
                .map(device -> SimulatedReading.of(device, loads.current(), Instant.now()))
                .orElseGet(() -> Reading.failed(uuid, Instant.now(), "There is no simulated device " + uuid));
    }

    @Override
    @NonNull
    public Optional<XidEvent> awaitXid(@NonNull Duration patience) throws InterruptedException {
        Thread.sleep(patience.toMillis());
        return Optional.empty();
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
