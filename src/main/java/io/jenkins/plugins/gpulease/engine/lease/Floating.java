package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Requests that aren't bound to a node: their order, where they might be served now, and at which node devices are kept for
 * those that were overtaken too often. Guarded by the registry's lock.
 */
final class Floating {

    private final Registry registry;
    private final WaitingOrder order;
    private final Set<NodePool> idle = new LinkedHashSet<>();

    Floating(Registry registry) {
        this.registry = registry;
        this.order = new WaitingOrder(null, registry.fairness());
    }

    WaitingOrder order() {
        return order;
    }

    Collection<Line> lines() {
        return order.lines();
    }

    /** Lines that might be served by some pools: none if those are of leases. */
    Collection<Line> linesFor(Collection<DevicePool> pools) {
        if (order.isEmpty() || pools.stream().allMatch(DevicePool::isOfLease)) {
            return List.of();
        }
        List<Line> lines = new ArrayList<>();
        for (Line line : order.lines()) {
            if (pools.stream().anyMatch(pool -> !pool.isOfLease() && line.mayUse(pool.node()))) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** Remembers whether a node has idle devices, so that a request that comes needn't ask all nodes. */
    void note(NodePool node) {
        if (!node.isRemoved() && node.obstacle() == null && node.slots().hasSupply()) {
            idle.add(node);
        } else {
            idle.remove(node);
        }
    }

    /** Where one of a line might be served now. */
    List<DevicePool> openTo(Line line) {
        List<DevicePool> pools = new ArrayList<>();
        for (NodePool node : idle) {
            if (line.reaches(node) && (line.room(node) > 0 || line.firstEntitled() != null)) {
                pools.add(node.root());
            }
        }
        return pools;
    }

    /**
     * Whether devices are kept at a node for the first one of a line that is entitled to that. It is kept at one node only: where
     * it is served soonest at the moment of the choice; another one is chosen when that one can't serve it any more.
     */
    boolean keeps(Line line, NodePool node) {
        NodePool kept = line.kept();
        if (kept != null && !mightServe(line, kept)) {
            order.giveUp(kept);
            line.keep(soonest(line));
        } else if (!line.isDecided()) {
            line.keep(soonest(line));
        } else if (kept == null && mightServe(line, node)) {
            line.keep(node);
        }
        return line.kept() == node;
    }

    boolean isKeptAt(NodePool node) {
        return lines().stream().anyMatch(line -> line.kept() == node);
    }

    private static boolean mightServe(Line line, NodePool node) {
        return !node.isRemoved()
                && node.obstacle() == null
                && line.reaches(node)
                && line.isServedInTime(node.root());
    }

    /** Any room; then fewest devices missing, at best a node where none are kept for others; then more room, then by name. */
    @CheckForNull
    private NodePool soonest(Line line) {
        Set<NodePool> taken = new HashSet<>();
        lines().stream().filter(other -> other != line && other.kept() != null).forEach(other -> taken.add(other.kept()));
        Prospect best = null;
        for (NodePool node : registry.nodes().values()) {
            if (mightServe(line, node)) {
                int missing = line.missing(node.root(), taken.contains(node) ? Set.of() : line.available(node.root()));
                Prospect prospect = new Prospect(node, missing, line.room(node));
                best = best == null || prospect.compareTo(best) < 0 ? prospect : best;
            }
        }
        return best == null ? null : best.node;
    }

    private record Prospect(NodePool node, int missing, int room) implements Comparable<Prospect> {

        @Override
        public int compareTo(Prospect other) {
            int byAnyRoom = Boolean.compare(other.room > 0, room > 0);
            int byMissing = Integer.compare(missing, other.missing);
            int byRoom = Integer.compare(other.room, room);
            return byAnyRoom != 0 ? byAnyRoom : byMissing != 0 ? byMissing : byRoom != 0 ? byRoom : node.name().compareTo(other.node.name());
        }
    }
}
