package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.util.List;
import java.util.stream.IntStream;

/** A table with nodes, and requests that aren't bound to one of them. */
abstract class FloatingFixture {

    final TableFixture fixture = new TableFixture();
    final ScriptedCandidates everywhere = new ScriptedCandidates();

    /** A node with so many H100. Devices of different nodes have different UUIDs. */
    FloatingFixture node(String name, int gpus, int executors) {
        fixture.with(name, Gpus.inventory(IntStream.range(0, gpus).mapToObj(index -> of(name, Gpus.h100(index))).toList()));
        everywhere.with(name, executors);
        return this;
    }

    static Device of(String node, Device like) {
        return new Device(node + "-" + like.uuid(), like.index(), like.model(), like.memory(), like.computeCapability(),
                like.pciBusId(), -1, false, null, null, like.health());
    }

    void bound(String node, String id, int count) {
        fixture.request(new LeaseRequest(id, node, DeviceRequest.of(count), new Holder(id, "build " + id), 0, null, false));
    }

    void start(String id) {
        fixture.run(() -> fixture.table.started(id));
    }

    boolean decline(String id) {
        boolean declined = fixture.table.lease(id)
                .filter(lease -> fixture.table.decline(lease, "the executor was taken"))
                .isPresent();
        fixture.executor.runAll();
        return declined;
    }

    void room(String node, int executors) {
        everywhere.with(node, executors);
        fixture.run(() -> fixture.table.roomChanged(List.of(node)));
    }
}
