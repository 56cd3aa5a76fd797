package io.jenkins.plugins.gpulease.engine.probe;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DeviceSource;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Readings;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Devices that do what a test says. Idle and healthy unless told otherwise. */
final class ScriptedSource implements DeviceSource {

    private final List<Device> devices;
    private final Map<String, Supplier<Readings>> readings = new ConcurrentHashMap<>();
    private final BlockingQueue<XidEvent> xids = new LinkedBlockingQueue<>();
    private final List<String> reads = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    ScriptedSource(Device... devices) {
        this.devices = List.of(devices);
    }

    ScriptedSource reads(String uuid, Supplier<Readings> reading) {
        readings.put(uuid, reading);
        return this;
    }

    void raiseXid(String uuid, long xid) {
        xids.add(new XidEvent(uuid, xid, Gpus.SCANNED));
    }

    /** UUIDs in the order in which they were read. */
    List<String> reads() {
        return new ArrayList<>(reads);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public Inventory scan() {
        return new Inventory(Inventory.Status.OK, null, devices, Topology.NONE, null, null, Instant.now());
    }

    @Override
    public Reading read(String uuid) {
        reads.add(uuid);
        return readings.getOrDefault(uuid, () -> Readings.of(uuid)).get().build();
    }

    @Override
    public Optional<XidEvent> awaitXid(Duration patience) throws InterruptedException {
        return Optional.ofNullable(xids.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() {
        closed = true;
    }
}
