package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * What a set of devices is compared by while the best is searched: its score, then what it takes from the rest. The lesser merit
 * is the better one. Changes while a set grows. For one thread.
 */
final class Merit {

    private final boolean connected;
    private long memory;
    private long power;
    private int worstPair;
    private long connection;
    private long degrees;

    /** @param connected whether the connections within the set count; those of the rest always do */
    Merit(boolean connected) {
        this.connected = connected;
    }

    void clear() {
        set(new Merit(connected));
    }

    void set(@NonNull Merit other) {
        memory = other.memory;
        power = other.power;
        worstPair = other.worstPair;
        connection = other.connection;
        degrees = other.degrees;
    }

    /** The merit of a set and one device more. */
    void setGrown(@NonNull Merit set, @NonNull int[] chosen, int size, int added, @NonNull Candidates candidates) {
        set(set);
        grow(chosen, size, added, candidates);
    }

    /** Becomes that of a set and one device more. */
    void grow(@NonNull int[] chosen, int size, int added, @NonNull Candidates candidates) {
        memory += candidates.memory(added);
        power += candidates.power(added);
        degrees += candidates.degree(added);
        for (int i = 0; i < size; i++) {
            long weight = candidates.weight(chosen[i], added);
            connection += weight;
            worstPair = Math.max(worstPair, Connections.rank(weight));
        }
    }

    int compareTo(@NonNull Merit other) {
        int byBound = compareBound(other, 0, 0, 0);
        if (byBound != 0) {
            return byBound;
        }
        return Long.compare(degrees - connection, other.degrees - other.connection);
    }

    /**
     * Compares the score of the best set that could become of this one with that of a complete one.
     *
     * @param moreMemory that it takes on at least
     * @param morePower that it takes on at least
     * @param moreConnection that it takes on at most
     */
    int compareBound(@NonNull Merit complete, long moreMemory, long morePower, long moreConnection) {
        int byMemory = Long.compare(memory + moreMemory, complete.memory);
        if (byMemory != 0) {
            return byMemory;
        }
        int byPower = Long.compare(power + morePower, complete.power);
        if (byPower != 0 || !connected) {
            return byPower;
        }
        int byWorstPair = Integer.compare(worstPair, complete.worstPair);
        return byWorstPair != 0 ? byWorstPair : Long.compare(complete.connection, connection + moreConnection);
    }

    @NonNull
    Score score() {
        return new Score(memory, power, connected ? worstPair : 0, connected ? connection : 0);
    }
}
