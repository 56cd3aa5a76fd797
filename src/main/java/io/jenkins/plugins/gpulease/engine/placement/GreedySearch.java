package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Arrays;

/**
 * Finds a good set among many candidates: from each of the first {@value #MAX_SEEDS} on, a set takes on what makes it best in the
 * next step; the best of these sets is taken. Exact for MIG instances and for unconnected sets of equal devices, since taking
 * from where least is left leaves the most together.
 */
final class GreedySearch extends SetSearch {

    static final int MAX_SEEDS = 64;

    private final int[] chosen;
    private final Merit merit = newMerit();
    private final Merit grown = newMerit();
    private final Merit next = newMerit();

    GreedySearch(@NonNull Candidates candidates, int count, boolean connected) {
        super(candidates, count, connected);
        chosen = new int[count];
    }

    @Override
    void search(@NonNull int[] fixed, @NonNull int[] open, @NonNull Relation relation) {
        for (int seed = 0; seed < Math.min(MAX_SEEDS, open.length); seed++) {
            merit.clear();
            boolean[] closed = new boolean[candidates.size()];
            int size = 0;
            for (int candidate : fixed) {
                take(size++, candidate);
            }
            for (int candidate = open[seed]; candidate >= 0; candidate = size < count() ? bestOf(open, closed, size) : -1) {
                take(size++, candidate);
                close(open, closed, candidate, relation);
            }
            if (size == count()) {
                consider(chosen.clone());
            }
        }
    }

    private void consider(int[] set) {
        Arrays.sort(set);
        int difference = compareToBest(merit);
        if (difference < 0 || (difference == 0 && isBeforeBest(set))) {
            keep(set, merit);
        }
    }

    private void take(int size, int candidate) {
        merit.grow(chosen, size, candidate, candidates);
        chosen[size] = candidate;
    }

    private void close(int[] open, boolean[] closed, int taken, Relation relation) {
        closed[taken] = true;
        for (int candidate : open) {
            closed[candidate] |= !relation.holds(taken, candidate);
        }
    }

    /** What a set of a size had best take on, -1 if there is nothing. */
    private int bestOf(int[] open, boolean[] closed, int size) {
        int best = -1;
        for (int candidate : open) {
            if (!closed[candidate]) {
                grown.setGrown(merit, chosen, size, candidate, candidates);
                if (best < 0 || grown.compareTo(next) < 0) {
                    best = candidate;
                    next.set(grown);
                }
            }
        }
        return best;
    }
}
