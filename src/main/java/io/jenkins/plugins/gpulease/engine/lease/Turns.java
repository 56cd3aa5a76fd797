package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.placement.Choice;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BiPredicate;

/**
 * Whose turn it is.
 *
 * <p>Everybody gets what they want in their order, as far as it is idle. Who doesn't may be overtaken by those behind, but
 * only a bounded number of times by somebody who takes devices that it could use itself. After that, such devices are kept
 * for it as they become idle, until it is served; for one that floats between nodes, at one node, where it is then offered them
 * even if there is no room for its task yet: else those whose tasks run there already could take them for ever. One task at most
 * is so ahead of each node's room, and who is there is let by again before long ({@link LeaseViews#mayWaitForRoom}). Who can't be
 * served even when all leases have ended (a device that it needs is occupied or sick, or the node takes no tasks) neither counts
 * nor blocks: the others would wait in vain. To join a device that is shared is to take it from who wants all of it: so shared devices are
 * kept, too, for nobody else to join until they are idle, but no more of them than it takes.
 *
 * <p>Lines are merged by their first members; one whose first member can't be served is passed as a whole.
 */
final class Turns {

    private final Placement placement;
    private final BiPredicate<Line, NodePool> keeps;
    private final Hand hand;
    private final Collection<Stand> stands;
    private final PriorityQueue<Position> queue = new PriorityQueue<>();

    /** Who hands out what was chosen; the waiter has left its line when this returns. */
    interface Hand {
        void offer(@NonNull Waiter waiter, @NonNull DevicePool pool, @NonNull Choice choice, @NonNull List<Waiter> overtaken);
    }

    /**
     * Something that happens at a waiter's place in the order: its turn or, if {@code keeps}, that devices are kept for it.
     *
     * @param stand null for all
     */
    private record Position(Waiter waiter, Line line, @CheckForNull Stand stand, boolean keeps) implements Comparable<Position> {

        @Override
        public int compareTo(Position other) {
            return Waiter.ORDER.compare(waiter, other.waiter);
        }
    }

    /**
     * @param keeps whether a line of those that float has devices kept for it at a node
     * @param stands what is idle
     */
    Turns(
            @NonNull Placement placement,
            @NonNull BiPredicate<Line, NodePool> keeps,
            @NonNull Hand hand,
            @NonNull Collection<Stand> stands) {
        this.placement = placement;
        this.keeps = keeps;
        this.hand = hand;
        this.stands = stands;
    }

    /**
     * Serves whom it can.
     *
     * @param floating lines of those that may be served anywhere
     * @param last nobody behind it is served; null for everybody
     */
    void take(@NonNull Collection<Line> floating, @CheckForNull Waiter last) {
        for (Stand stand : stands) {
            for (Line line : stand.pool().waiting().lines()) {
                queue.add(new Position(line.first(), line, stand, false));
            }
        }
        for (Line line : floating) {
            queue.add(new Position(line.first(), line, null, false));
        }
        while (!queue.isEmpty() && isAnythingLeft()) {
            Position position = queue.poll();
            if (last != null && Waiter.ORDER.compare(position.waiter, last) > 0) {
                return;
            }
            if (position.keeps) {
                position.stand.keepFor(position.line);
            } else {
                turn(position);
            }
        }
    }

    private boolean isAnythingLeft() {
        for (Stand stand : stands) {
            if (!stand.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private Collection<Stand> stands(Position position) {
        return position.stand == null ? stands : List.of(position.stand);
    }

    private void turn(Position position) {
        Stand.Bid best = best(position, false);
        if (best == null && position.line.isFloating() && position.line.isFirstEntitled()) {
            best = best(position, true);
        }
        if (best == null) {
            stands(position).forEach(stand -> pass(position.line, stand));
        } else {
            serve(position, best);
        }
    }

    /** @param ahead only where devices are kept for it, but even if there is no room yet */
    @CheckForNull
    private Stand.Bid best(Position position, boolean ahead) {
        Stand.Bid best = null;
        for (Stand stand : stands(position)) {
            Stand.Bid bid = ahead && !keeps.test(position.line, stand.node()) ? null : stand.bid(position.line, placement, ahead);
            if (bid != null && bid.isBetterThan(best)) {
                best = bid;
            }
        }
        return best;
    }

    private void serve(Position position, Stand.Bid bid) {
        Stand stand = bid.stand();
        List<Waiter> overtaken = stand.take(position.line, bid.choice());
        hand.offer(position.waiter, stand.pool(), bid.choice(), overtaken);
        if (!overtaken.isEmpty()) {
            stand.passed().forEach(line -> keep(line, stand, position.waiter));
        }
        Waiter next = position.line.first();
        if (next != null) {
            queue.add(new Position(next, position.line, position.stand, false));
        }
    }

    private void pass(Line line, Stand stand) {
        if (stand.servesInTime(line)) {
            stand.pass(line);
            keep(line, stand, line.first());
        }
    }

    /** Keeps devices from the place in the order on where the first one stands that was overtaken often enough. */
    private void keep(Line line, Stand stand, Waiter reached) {
        Waiter entitled = line.firstEntitled();
        if (entitled == null || line.isFloating() && !keeps.test(line, stand.node())) {
            return;
        }
        if (Waiter.ORDER.compare(entitled, reached) <= 0) {
            stand.keepFor(line);
        } else {
            queue.add(new Position(entitled, line, stand, true));
        }
    }
}
