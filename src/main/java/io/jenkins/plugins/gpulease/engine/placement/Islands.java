package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Candidates that are in a relation, directly or by way of others; no two of different islands are. Pure. */
final class Islands {

    private Islands() {}

    /**
     * All islands, in the order of their first candidates.
     *
     * @param candidates their number
     * @param least only islands with at least so many
     */
    @NonNull
    static List<int[]> of(int candidates, @NonNull Relation relation, int least) {
        List<int[]> islands = new ArrayList<>();
        BitSet left = new BitSet(candidates);
        left.set(0, candidates);
        while (!left.isEmpty()) {
            BitSet island = new BitSet(candidates);
            reach(left.nextSetBit(0), relation, left, island);
            if (island.cardinality() >= least) {
                islands.add(island.stream().toArray());
            }
        }
        return islands;
    }

    private static void reach(int candidate, Relation relation, BitSet left, BitSet island) {
        left.clear(candidate);
        island.set(candidate);
        for (int other = left.nextSetBit(0); other >= 0; other = left.nextSetBit(other + 1)) {
            if (relation.holds(candidate, other)) {
                reach(other, relation, left, island);
            }
        }
    }
}
