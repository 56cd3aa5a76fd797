package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A topology as numbers: the weight of a pair, which is the greater the better it is connected. Weights of pairs add up to those
 * of sets: the number of NVLinks counts first, then the classes of {@link Interconnect}. Immutable; keeps no topology.
 */
final class Connections {

    private static final int WORST = Interconnect.UNKNOWN.ordinal();

    /** The classes of all pairs of 1,024 devices add up to less. */
    private static final int NVLINK_SHIFT = 24;

    private static final int MAX_NVLINKS = 1023;

    /** The weight of a pair of which nothing is known. */
    static final long UNKNOWN = 0;

    private final Map<String, Integer> rows = new HashMap<>();
    private final long[][] weights;
    private final int[] switches;

    Connections(@NonNull Topology topology) {
        int size = topology.uuids().size();
        weights = new long[size][size];
        switches = new int[size];
        for (int row = 0; row < size; row++) {
            rows.put(topology.uuids().get(row), row);
            List<Link> links = topology.links().get(row);
            for (int column = 0; column < size; column++) {
                weights[row][column] = weight(links.get(column));
            }
        }
        nameSwitches();
    }

    /** GPUs under one PCIe switch get its number; what is connected by one switch with the same GPU hangs on the same switch. */
    private void nameSwitches() {
        for (int row = 0; row < switches.length; row++) {
            if (switches[row] == 0) {
                nameSwitch(row, row + 1);
            }
        }
    }

    private void nameSwitch(int row, int number) {
        switches[row] = number;
        for (int other = 0; other < switches.length; other++) {
            int rank = rank(weights[row][other]);
            boolean same = rank == Interconnect.PCIE_SWITCH.ordinal() || rank == Interconnect.SAME_BOARD.ordinal();
            if (same && switches[other] == 0) {
                nameSwitch(other, number);
            }
        }
    }

    private static long weight(Link link) {
        long nvLinks = Math.max(0, Math.min(MAX_NVLINKS, link.nvLinks()));
        return (nvLinks << NVLINK_SHIFT) + WORST - link.interconnect().ordinal();
    }

    /** The class of a pair: that of {@link Interconnect}, 0 for the best. */
    static int rank(long weight) {
        return WORST - (int) (weight & ((1 << NVLINK_SHIFT) - 1));
    }

    /** Whether a pair is connected by NVLink, or on one board. */
    static boolean isNvLink(long weight) {
        return rank(weight) <= Interconnect.NVLINK.ordinal();
    }

    /** The row of a GPU, -1 if nothing is known of it. */
    int row(@NonNull String uuid) {
        return rows.getOrDefault(uuid, -1);
    }

    /** The weight of a pair of rows; {@link #UNKNOWN} if either is -1. */
    long weight(int row, int other) {
        return row < 0 || other < 0 ? UNKNOWN : weights[row][other];
    }

    /** Whether two rows hang on the same PCIe switch; false if either is -1. */
    boolean isSameSwitch(int row, int other) {
        return row >= 0 && other >= 0 && switches[row] == switches[other];
    }
}
