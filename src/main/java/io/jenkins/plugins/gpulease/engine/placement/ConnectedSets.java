package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Sets of devices that are all connected over NVLink or NVSwitch, pair by pair, or that all hang on one PCIe switch. */
final class ConnectedSets {

    private final Candidates candidates;
    private final Relation nvLinked;
    private final Relation sameSwitch;

    ConnectedSets(@NonNull Candidates candidates) {
        this.candidates = candidates;
        nvLinked = (one, other) -> candidates.isNvLinked(one, other) || candidates.isUntold(one, other);
        sameSwitch = (one, other) -> candidates.isSameSwitch(one, other) || candidates.isUntold(one, other);
    }

    /**
     * The best set. Among more candidates than are searched exactly it may not be the very best, but one is found if there is
     * one.
     *
     * @param count 2 to the number of candidates
     * @return null if there is none
     */
    @CheckForNull
    Choice best(int count) {
        int size = candidates.size();
        if (nvLinked.holdsForAll(size) || sameSwitch.holdsForAll(size)) {
            return new LeastWaste(candidates, count).best(true);
        }
        return size <= ExactSearch.MAX_OPEN ? bestOfAll(count) : bestOfIslands(count);
    }

    @CheckForNull
    private Choice bestOfAll(int count) {
        int[] all = IntStream.range(0, candidates.size()).toArray();
        SetSearch search = new ExactSearch(candidates, count, true);
        search.search(new int[0], all, nvLinked);
        search.search(new int[0], all, sameSwitch);
        return search.choice();
    }

    @CheckForNull
    private Choice bestOfIslands(int count) {
        SetSearch best = new GreedySearch(candidates, count, true);
        for (Relation relation : List.of(nvLinked, sameSwitch)) {
            for (int[] island : Islands.of(candidates.size(), relation, count)) {
                best.keepBetter(inIsland(island, relation, count));
            }
        }
        return best.choice();
    }

    private SetSearch inIsland(int[] island, Relation relation, int count) {
        SetSearch search = SetSearch.of(candidates, count, true, island.length);
        search.search(new int[0], island, relation);
        if (!search.isFound() && island.length > ExactSearch.MAX_OPEN) { // steps that are best may lead nowhere
            search.search(new int[0], new LargestClique(island, relation, count, count).found(), relation);
        }
        return search;
    }

    /** The size of the largest set; an upper bound where that can't be said in time. */
    int largest() {
        int largest = 1;
        for (Relation relation : List.of(nvLinked, sameSwitch)) {
            for (int[] island : Islands.of(candidates.size(), relation, largest + 1)) {
                largest = Math.max(largest, largestIn(island, relation));
            }
        }
        return largest;
    }

    private static int largestIn(int[] island, Relation relation) {
        LargestClique search = new LargestClique(island, relation, 1, island.length);
        return search.isProven() ? search.found().length : 1 + mostPartners(island, relation);
    }

    private static int mostPartners(int[] island, Relation relation) {
        return Arrays.stream(island)
                .map(one -> (int) Arrays.stream(island).filter(other -> other != one && relation.holds(one, other)).count())
                .max()
                .orElse(0);
    }
}
