package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Arrays;

/** The best set that was found so far, and what it has to have. For one thread. */
abstract class SetSearch {

    final Candidates candidates;
    private final boolean connected;
    private final int[] best;
    private final Merit bestMerit;
    private boolean found;

    /**
     * @param count number of devices, 1 or more
     * @param connected whether the connections within the set count
     */
    SetSearch(@NonNull Candidates candidates, int count, boolean connected) {
        this.candidates = candidates;
        this.connected = connected;
        best = new int[count];
        bestMerit = new Merit(connected);
    }

    /** An exact search where that is possible in time. */
    @NonNull
    static SetSearch of(@NonNull Candidates candidates, int count, boolean connected, int open) {
        return open <= ExactSearch.MAX_OPEN
                ? new ExactSearch(candidates, count, connected)
                : new GreedySearch(candidates, count, connected);
    }

    /**
     * Looks for a better set.
     *
     * @param fixed candidates that are part of it
     * @param open candidates of which the rest is taken, ascending
     * @param relation that has to hold for all pairs of open ones
     */
    abstract void search(@NonNull int[] fixed, @NonNull int[] open, @NonNull Relation relation);

    @NonNull
    final Merit newMerit() {
        return new Merit(connected);
    }

    final int count() {
        return best.length;
    }

    final boolean isFound() {
        return found;
    }

    @NonNull
    final Merit bestMerit() {
        return bestMerit;
    }

    /** Less than 0 if a set is better than the best so far, 0 if only PCI bus ids can tell. */
    final int compareToBest(@NonNull Merit merit) {
        return found ? merit.compareTo(bestMerit) : -1;
    }

    final void keep(@NonNull int[] set, @NonNull Merit merit) {
        System.arraycopy(set, 0, best, 0, best.length);
        Arrays.sort(best);
        bestMerit.set(merit);
        found = true;
    }

    /** Keeps the best set of another search of as many, if it is better. */
    final void keepBetter(@NonNull SetSearch other) {
        if (other.found) {
            int difference = compareToBest(other.bestMerit);
            if (difference < 0 || difference == 0 && isBeforeBest(other.best)) {
                keep(other.best, other.bestMerit);
            }
        }
    }

    /** Whether a set in ascending order comes before the best so far by PCI bus ids. */
    final boolean isBeforeBest(@NonNull int[] set) {
        return Arrays.compare(set, best) < 0;
    }

    /** The best set; null if there is none. */
    @CheckForNull
    final Choice choice() {
        return found ? new Choice(candidates.devices(best), bestMerit.score()) : null;
    }
}
