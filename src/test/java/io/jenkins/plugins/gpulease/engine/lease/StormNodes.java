package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/**
 * The nodes of a storm and what is read of their devices. One that is removed comes back with other devices, so that what is left
 * of the old ones can't be taken for theirs.
 */
final class StormNodes {

    private final LeaseTable table;
    private final AtomicIntegerArray generations;
    private final Object[] gates;

    StormNodes(LeaseTable table, int nodes) {
        this.table = table;
        generations = new AtomicIntegerArray(nodes);
        gates = IntStream.range(0, nodes).mapToObj(node -> new Object()).toArray();
        calmDown();
    }

    /** All devices are there, and well. */
    void calmDown() {
        for (int node = 0; node < gates.length; node++) {
            table.setInventory(Storm.name(node), whole(node));
        }
    }

    void change(Random random, int node) {
        synchronized (gates[node]) {
            Inventory whole = whole(node);
            table.setInventory(Storm.name(node), switch (random.nextInt(8)) {
                case 0 -> Inventory.without(Inventory.Status.FAILED, "storm: no answer", Gpus.SCANNED);
                case 1 -> whole.withDevices(whole.devices().subList(1, 4));
                case 2 -> whole.withDevices(whole.devices().stream()
                        .map(device -> random.nextInt(3) == 0 ? Gpus.sick(device) : device)
                        .toList());
                default -> whole;
            });
        }
    }

    void remove(int node) {
        synchronized (gates[node]) {
            generations.incrementAndGet(node);
            table.removeNode(Storm.name(node));
            table.setInventory(Storm.name(node), whole(node));
        }
    }

    private Inventory whole(int node) {
        String prefix = "GPU-" + node + "-" + generations.get(node) + "-";
        List<Device> devices = new ArrayList<>();
        for (Device like : List.of(Gpus.h100(0), Gpus.h100(1), Gpus.a100(2), Gpus.t4(3))) {
            devices.add(new Device(prefix + like.index(), like.index(), like.model(), like.memory(), like.computeCapability(),
                    like.pciBusId(), -1, false, null, null, like.health()));
        }
        return Gpus.inventory(devices);
    }

    Map<String, Verdict> verdicts(Random random, int node) {
        List<Device> devices = whole(node).devices();
        String uuid = devices.get(random.nextInt(devices.size())).uuid();
        return Map.of(uuid, switch (random.nextInt(6)) {
            case 0 -> Verdict.occupied("storm: used by pid 2", List.of());
            case 1 -> Verdict.sick("storm: Xid 79");
            default -> Verdict.CLEAN;
        });
    }
}
