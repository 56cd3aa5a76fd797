package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Devices to choose among, numbered in the order of PCI bus id, with what they waste and how they are connected, as flat arrays
 * which a search reads a hundred thousand times. MIG instances aren't connected with each other; for them, two of one GPU count as
 * a pair, so that what is left behind is in as few parts as possible. Immutable.
 */
final class Candidates {

    private static final Comparator<Device> BY_BUS = Comparator.comparing(Device::pciBusId).thenComparing(Device::uuid);

    private final Device[] devices;
    private final Connections connections;
    private final int[] rows;
    private final long[] memory;
    private final long[] power;
    private final long[] weights;
    private final long[] degrees;
    private final boolean uniform;

    Candidates(@NonNull List<Device> found, @NonNull Connections connections) {
        this.connections = connections;
        int size = found.size();
        devices = found.toArray(Device[]::new);
        sort(devices);
        rows = new int[size];
        memory = new long[size];
        power = new long[size];
        for (int i = 0; i < size; i++) {
            rows[i] = connections.row(devices[i].uuid());
            memory[i] = Waste.memory(devices[i]);
            power[i] = Waste.power(devices[i]);
        }
        weights = new long[size * size];
        degrees = new long[size];
        uniform = weigh();
    }

    /** By insertion, since inventories are in this order already. */
    private static void sort(Device[] devices) {
        for (int i = 1; i < devices.length; i++) {
            Device device = devices[i];
            int place = i;
            while (place > 0 && BY_BUS.compare(devices[place - 1], device) > 0) {
                devices[place] = devices[place - 1];
                place--;
            }
            devices[place] = device;
        }
    }

    private boolean weigh() {
        int size = devices.length;
        boolean same = true;
        for (int i = 0; i < size; i++) {
            for (int j = i + 1; j < size; j++) {
                long weight = pairWeight(i, j);
                weights[i * size + j] = weight;
                weights[j * size + i] = weight;
                degrees[i] += weight;
                degrees[j] += weight;
                same &= weight == weights[1];
            }
        }
        return same;
    }

    private long pairWeight(int candidate, int other) {
        return devices[candidate].isMigInstance()
                ? (devices[candidate].migParent().equals(devices[other].migParent()) ? 1 : 0)
                : connections.weight(rows[candidate], rows[other]);
    }

    int size() {
        return devices.length;
    }

    @NonNull
    List<Device> devices(@NonNull int[] chosen) {
        List<Device> list = new ArrayList<>(chosen.length);
        for (int candidate : chosen) {
            list.add(devices[candidate]);
        }
        return list;
    }

    /** As {@link Waste#memory}. */
    long memory(int candidate) {
        return memory[candidate];
    }

    /** As {@link Waste#power}. */
    long power(int candidate) {
        return power[candidate];
    }

    /** Less waste first. */
    int compareWaste(int candidate, int other) {
        int byMemory = Long.compare(memory[candidate], memory[other]);
        return byMemory != 0 ? byMemory : Long.compare(power[candidate], power[other]);
    }

    /** How well a pair is connected, as in {@link Connections}. */
    long weight(int candidate, int other) {
        return weights[candidate * devices.length + other];
    }

    /** The sum of the weights of all pairs that a candidate is part of. */
    long degree(int candidate) {
        return degrees[candidate];
    }

    /** Whether all pairs are connected equally well. */
    boolean isUniform() {
        return uniform;
    }

    boolean isNvLinked(int candidate, int other) {
        return Connections.isNvLink(weight(candidate, other));
    }

    /** Whether it isn't known how a pair is connected because one of the two is sick; it may turn out well. */
    boolean isUntold(int candidate, int other) {
        return weight(candidate, other) == Connections.UNKNOWN
                && !(devices[candidate].health().isOk() && devices[other].health().isOk());
    }

    boolean isSameSwitch(int candidate, int other) {
        return connections.isSameSwitch(rows[candidate], rows[other]);
    }
}
