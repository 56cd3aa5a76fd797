package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * Finds the best of all sets by branch and bound: sets grow in the order of PCI bus id, and those that can't become better than
 * the best so far grow no further. Of twins, which any set could swap, the first is taken first. At most {@value #MAX_OPEN} open candidates, so at most 12,870 sets. Searches again only with the
 * same open candidates.
 */
final class ExactSearch extends SetSearch {

    static final int MAX_OPEN = 16;

    private final int[] chosen;
    private final Merit[] merits;
    private final long bestWeight;
    private final int[] partners = new int[MAX_OPEN];
    private final int[] twins = new int[MAX_OPEN];
    private int[] open;
    private int bestTaken;
    private long leastMemory;
    private long leastPower;

    ExactSearch(@NonNull Candidates candidates, int count, boolean connected) {
        super(candidates, count, connected);
        chosen = new int[count];
        merits = new Merit[count + 1];
        for (int i = 0; i < merits.length; i++) {
            merits[i] = newMerit();
        }
        long greatest = 0;
        for (int i = 0; i < candidates.size(); i++) {
            for (int j = i + 1; j < candidates.size(); j++) {
                greatest = Math.max(greatest, candidates.weight(i, j));
            }
        }
        bestWeight = greatest;
    }

    @Override
    void search(@NonNull int[] fixed, @NonNull int[] newOpen, @NonNull Relation relation) {
        open = newOpen;
        leastMemory = Long.MAX_VALUE;
        leastPower = Long.MAX_VALUE;
        for (int i = 0; i < open.length; i++) {
            leastMemory = Math.min(leastMemory, candidates.memory(open[i]));
            leastPower = Math.min(leastPower, candidates.power(open[i]));
            partners[i] = behind(i, relation);
            twins[i] = behind(i, (one, other) -> areTwins(one, other, relation));
        }
        for (int size = 0; size < fixed.length; size++) {
            add(size, fixed[size]);
        }
        grow(fixed.length, (1 << open.length) - 1, 0);
    }

    /** Those behind a place that are in a relation with it, a bit each. */
    private int behind(int place, Relation relation) {
        int mask = 0;
        for (int other = place + 1; other < open.length; other++) {
            if (relation.holds(open[place], open[other])) {
                mask |= 1 << other;
            }
        }
        return mask;
    }

    /** Whether one can take the other's place in any set, and nothing but the PCI bus ids changes. */
    private boolean areTwins(int one, int other, Relation relation) {
        if (candidates.compareWaste(one, other) != 0) {
            return false;
        }
        for (int third = 0; third < candidates.size(); third++) {
            boolean same = candidates.weight(one, third) == candidates.weight(other, third)
                    && relation.holds(one, third) == relation.holds(other, third);
            if (!same && third != one && third != other) {
                return false;
            }
        }
        return true;
    }

    private void add(int size, int candidate) {
        merits[size + 1].setGrown(merits[size], chosen, size, candidate, candidates);
        chosen[size] = candidate;
    }

    private void grow(int size, int allowed, int taken) {
        int missing = count() - size;
        if (missing == 0) {
            consider(taken);
            return;
        }
        int rest = allowed;
        while (Integer.bitCount(rest) >= missing) {
            int place = Integer.numberOfTrailingZeros(rest);
            rest &= rest - 1;
            add(size, open[place]);
            if (canBeBest(size + 1)) {
                grow(size + 1, rest & partners[place], taken | 1 << place);
            }
            rest &= ~twins[place]; // sets with a twin, but without this one, come later by PCI bus ids
        }
    }

    /** Of two sets of one size, the one comes first that has the first device that isn't in both. */
    private void consider(int taken) {
        Merit merit = merits[count()];
        int difference = compareToBest(merit);
        int notInBoth = taken ^ bestTaken;
        if (difference < 0 || (difference == 0 && (notInBoth & -notInBoth & taken) != 0)) {
            keep(chosen, merit);
            bestTaken = taken;
        }
    }

    private boolean canBeBest(int size) {
        if (!isFound()) {
            return true;
        }
        long missing = count() - size;
        long pairs = missing * size + missing * (missing - 1) / 2;
        return merits[size].compareBound(bestMerit(), missing * leastMemory, missing * leastPower, pairs * bestWeight) <= 0;
    }
}
