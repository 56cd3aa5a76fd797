package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * How good a choice of devices is: what it wastes, then how its devices are connected. The lesser score is the better one.
 *
 * @param memory total memory of the devices in GiB, each rounded up
 * @param power what the devices can compute, summed up; comparable, without unit
 * @param worstPair rank of the worst connection within the set, 0 for the best or if connections don't matter
 * @param connection how well all pairs are connected, summed up; more is better, 0 if connections don't matter
 */
public record Score(long memory, long power, int worstPair, long connection) implements Comparable<Score> {

    @Override
    public int compareTo(@NonNull Score other) {
        int byMemory = Long.compare(memory, other.memory);
        if (byMemory != 0) {
            return byMemory;
        }
        int byPower = Long.compare(power, other.power);
        if (byPower != 0) {
            return byPower;
        }
        int byWorstPair = Integer.compare(worstPair, other.worstPair);
        return byWorstPair != 0 ? byWorstPair : Long.compare(other.connection, connection);
    }
}
