package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
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
     * The best set.
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
        int[] all = IntStream.range(0, size).toArray();
        SetSearch search = SetSearch.of(candidates, count, true, size);
        search.search(new int[0], all, nvLinked);
        search.search(new int[0], all, sameSwitch);
        return search.choice();
    }

    /** The size of the largest set; among very many candidates, an upper bound. */
    int largest() {
        int largest = Math.max(mostPartners(nvLinked), mostPartners(sameSwitch)) + 1;
        while (candidates.size() <= ExactSearch.MAX_OPEN && largest > 1 && best(largest) == null) {
            largest--;
        }
        return largest;
    }

    private int mostPartners(Relation relation) {
        return IntStream.range(0, candidates.size())
                .map(one -> (int) IntStream.range(0, candidates.size())
                        .filter(other -> other != one && relation.holds(one, other))
                        .count())
                .max()
                .orElse(0);
    }
}
