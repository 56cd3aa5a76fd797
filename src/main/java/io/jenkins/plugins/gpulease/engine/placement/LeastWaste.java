package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Arrays;

/**
 * Sets of a size that waste least. All of them have what wastes less than the last one that is needed; where several waste as
 * much as that one, the sets differ in these.
 */
final class LeastWaste {

    private final Candidates candidates;
    private final int count;
    private final int[] fixed;
    private final int[] equal;

    /** @param count 1 to the number of candidates */
    LeastWaste(@NonNull Candidates candidates, int count) {
        this.candidates = candidates;
        this.count = count;
        int last = last();
        int[] less = new int[count];
        int[] same = new int[candidates.size()];
        int lessSize = 0;
        int sameSize = 0;
        for (int candidate = 0; candidate < candidates.size(); candidate++) {
            int difference = candidates.compareWaste(candidate, last);
            if (difference < 0) {
                less[lessSize++] = candidate;
            } else if (difference == 0) {
                same[sameSize++] = candidate;
            }
        }
        fixed = Arrays.copyOf(less, lessSize);
        equal = Arrays.copyOf(same, sameSize);
    }

    /** The candidate that wastes most of so many that waste least. */
    private int last() {
        int[] order = new int[candidates.size()];
        for (int candidate = 0; candidate < order.length; candidate++) {
            int place = candidate;
            while (place > 0 && candidates.compareWaste(order[place - 1], candidate) > 0) {
                order[place] = order[place - 1];
                place--;
            }
            order[place] = candidate;
        }
        return order[count - 1];
    }

    /** @param connected whether the connections within the set count */
    @NonNull
    Choice best(boolean connected) {
        boolean onlyOrderCounts = candidates.isUniform() || fixed.length + equal.length == count;
        return onlyOrderCounts ? only(connected) : bestOfEqual(connected);
    }

    private Choice only(boolean connected) {
        int[] set = Arrays.copyOf(fixed, count);
        System.arraycopy(equal, 0, set, fixed.length, count - fixed.length);
        Arrays.sort(set);
        Merit merit = new Merit(connected);
        for (int size = 0; size < count; size++) {
            merit.grow(set, size, set[size], candidates);
        }
        return new Choice(candidates.devices(set), merit.score());
    }

    private Choice bestOfEqual(boolean connected) {
        SetSearch search = SetSearch.of(candidates, count, connected, equal.length);
        search.search(fixed, equal, Relation.NONE);
        return search.choice();
    }
}
