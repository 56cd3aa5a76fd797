package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.BitSet;

/**
 * Finds the most of some candidates that are in a relation pair by pair, by branch and bound: candidates are coloured such that
 * none are related that have one colour, so a set grows by at most as many as there are colours left. Gives up after
 * {@value #MAX_STEPS} steps, of which machines that are built need fewer than one for each device. For one thread.
 */
final class LargestClique {

    static final int MAX_STEPS = 5_000;

    private final int[] open;
    private final BitSet[] partners;
    private final int enough;
    private final BitSet chosen = new BitSet();
    private BitSet best = new BitSet();
    private int most;
    private int steps;

    /**
     * Searches.
     *
     * @param open candidates to choose among
     * @param least fewer are of no use, 1 or more
     * @param enough more aren't needed, {@code least} or more
     */
    LargestClique(@NonNull int[] open, @NonNull Relation relation, int least, int enough) {
        this.open = open;
        this.enough = enough;
        this.most = least - 1;
        partners = new BitSet[open.length];
        for (int place = 0; place < open.length; place++) {
            partners[place] = new BitSet(open.length);
            for (int other = 0; other < open.length; other++) {
                partners[place].set(other, other != place && relation.holds(open[place], open[other]));
            }
        }
        BitSet all = new BitSet(open.length);
        all.set(0, open.length);
        grow(all, 0);
    }

    /** Whether there are no more than were found, unless these are enough. */
    boolean isProven() {
        return steps < MAX_STEPS || most >= enough;
    }

    /** Those that were found, ascending; none if there are too few. */
    @NonNull
    int[] found() {
        return best.stream().map(place -> open[place]).toArray();
    }

    private void grow(BitSet rest, int size) {
        int[] order = new int[rest.cardinality()];
        int[] colours = new int[order.length];
        colour(rest, order, colours);
        for (int i = order.length - 1; i >= 0 && size + colours[i] > most && most < enough && steps < MAX_STEPS; i--) {
            steps++;
            take(order[i], rest, size);
            rest.clear(order[i]);
        }
    }

    private void take(int place, BitSet rest, int size) {
        chosen.set(place);
        BitSet next = (BitSet) rest.clone();
        next.and(partners[place]);
        if (size + 1 > most) {
            most = size + 1;
            best = (BitSet) chosen.clone();
        }
        if (!next.isEmpty()) {
            grow(next, size + 1);
        }
        chosen.clear(place);
    }

    /** Orders places by colour; each has the number of colours up to its own. */
    private void colour(BitSet rest, int[] order, int[] colours) {
        BitSet uncoloured = (BitSet) rest.clone();
        int coloured = 0;
        for (int colour = 1; !uncoloured.isEmpty(); colour++) {
            BitSet unrelated = (BitSet) uncoloured.clone();
            for (int place = unrelated.nextSetBit(0); place >= 0; place = unrelated.nextSetBit(place)) {
                unrelated.clear(place);
                unrelated.andNot(partners[place]);
                uncoloured.clear(place);
                order[coloured] = place;
                colours[coloured++] = colour;
            }
        }
    }
}
