package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.placement.Choice;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A pool while {@link Turns} are taken at it: what is left of it, and who was passed. */
final class Stand {

    private final DevicePool pool;
    private final Supply supply;
    private final List<Line> passed = new ArrayList<>(2);
    private final Set<Line> keptFor = new HashSet<>(2);
    private int keptRoom;

    Stand(DevicePool pool, Supply supply) {
        this.pool = pool;
        this.supply = supply;
    }

    DevicePool pool() {
        return pool;
    }

    NodePool node() {
        return pool.node();
    }

    boolean isEmpty() {
        return supply.isEmpty();
    }

    /**
     * What the first of a line gets here; null if nothing.
     *
     * @param ahead whether its task may start later, as the next one
     */
    @CheckForNull
    Bid bid(Line line, Placement placement, boolean ahead) {
        if (!line.reaches(node()) || room(line) < (ahead ? 0 : 1)) {
            return null;
        }
        return line.choose(placement, pool, supply)
                .map(choice -> new Bid(this, choice, line.isFloating() ? room(line) : 0))
                .orElse(null);
    }

    private int room(Line line) {
        return line.room(node()) - keptRoom;
    }

    /** Whether a line that got nothing now is served here in time; if not it neither counts nor blocks. */
    boolean servesInTime(Line line) {
        return line.reaches(node()) && line.isServedInTime(pool);
    }

    void pass(Line line) {
        passed.add(line);
    }

    /** Takes devices for the first of a line; to join one that is shared is to take it, too. @return who was overtaken by that */
    List<Waiter> take(Line taker, Choice choice) {
        List<String> uuids = new ArrayList<>(choice.devices().size());
        choice.devices().forEach(device -> uuids.add(device.uuid()));
        supply.take(uuids, taker.budget());
        List<Waiter> overtaken = new ArrayList<>(0);
        for (Line line : passed) {
            if (!keptFor.contains(line) && !Collections.disjoint(line.suitable(pool), uuids)) {
                line.overtake(taker.first(), overtaken);
            }
        }
        return overtaken;
    }

    List<Line> passed() {
        return passed;
    }

    /** Keeps what suits a line, and room for one of it. */
    void keepFor(Line line) {
        if (line.reaches(node()) && keptFor.add(line)) {
            supply.keep(line.suitable(pool), line.devices().count());
            keptRoom += line.isFloating() ? 1 : 0;
        }
    }

    /** A choice at one of several nodes. */
    record Bid(Stand stand, Choice choice, int room) {

        /** Wastes less and is connected better; then where there is more room; then by name. */
        boolean isBetterThan(@CheckForNull Bid other) {
            if (other == null) {
                return true;
            }
            int byScore = choice.compareTo(other.choice);
            if (byScore != 0) {
                return byScore < 0;
            }
            return room != other.room
                    ? room > other.room
                    : stand.node().name().compareTo(other.stand.node().name()) < 0;
        }
    }
}
