package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;

/** What keeps a request that isn't bound to a node from each node, one line for each, the closest first. */
final class FloatingExplanation {

    private static final int MAX_NODES = 9;
    private static final int MAX_NAMES = 3;

    private final Waiter waiter;
    private final Line line;
    private final boolean named;

    /** @param missing how many suitable devices aren't idle that would have to be */
    private record Distance(NodePool node, boolean reachable, int missing, int room) implements Comparable<Distance> {

        @Override
        public int compareTo(Distance other) {
            int byReach = Boolean.compare(other.reachable, reachable);
            int byMissing = Integer.compare(missing, other.missing);
            int byRoom = Integer.compare(other.room, room);
            return byReach != 0 ? byReach
                    : byMissing != 0 ? byMissing : byRoom != 0 ? byRoom : node.name().compareTo(other.node.name());
        }
    }

    private FloatingExplanation(Waiter waiter, boolean named) {
        this.waiter = waiter;
        this.named = named;
        this.line = Line.alone(waiter);
    }

    /** At most 11 lines. */
    @NonNull
    static List<String> of(@NonNull Waiter waiter, @NonNull Collection<NodePool> nodes) {
        return new FloatingExplanation(waiter, true).lines(nodes);
    }

    /** The same with the number of devices that are held instead of who holds them. */
    @NonNull
    static List<String> withoutHolders(@NonNull Waiter waiter, @NonNull Collection<NodePool> nodes) {
        return new FloatingExplanation(waiter, false).lines(nodes);
    }

    private List<String> lines(Collection<NodePool> nodes) {
        PriorityQueue<Distance> closest = new PriorityQueue<>();
        for (NodePool node : nodes) {
            if (waiter.candidates().mayUse(node.name()) && !isHopeless(node)) {
                closest.add(new Distance(
                        node, node.obstacle() == null && line.mayUse(node), line.missing(node.root(), line.available(node.root())), line.room(node)));
            }
        }
        List<String> lines = new ArrayList<>();
        boolean grows = waiter.candidates().mayGrow();
        int shown = grows ? MAX_NODES - 1 : MAX_NODES;
        int more = closest.size() - shown;
        lines.add(waiter.devices() + " asked, " + (closest.isEmpty()
                ? "which no known node " + waiter.candidates().title() + " has"
                : "on any of " + closest.size() + (closest.size() == 1 ? " node" : " nodes")));
        for (int i = 0; i < shown && !closest.isEmpty(); i++) {
            lines.add(describe(closest.poll()));
        }
        if (more > 0) {
            lines.add("and " + more + " more " + (more == 1 ? "node" : "nodes"));
        }
        if (grows) {
            lines.add(waiter.candidates().hope());
        }
        return lines;
    }

    private boolean isHopeless(NodePool node) {
        return node.obstacle() == null && node.root().suitable(waiter.devices()).size() < waiter.devices().least();
    }

    private String describe(Distance distance) {
        NodePool node = distance.node;
        if (node.obstacle() != null) {
            return node.name() + " can't be asked now: " + node.obstacle();
        }
        Set<String> suitable = line.suitable(node.root());
        long idle = suitable.stream().filter(line.available(node.root())::contains).count();
        List<String> parts = new ArrayList<>();
        parts.add(idle + " of " + suitable.size() + (suitable.size() == 1 ? " suitable GPU" : " suitable GPUs") + " idle");
        String rest = rest(node, suitable);
        if (!rest.isEmpty()) {
            parts.add(rest);
        }
        if (waiter.avoided(node.name()) != null) {
            parts.add("left out for a while: " + waiter.avoided(node.name()));
        } else if (distance.room <= 0) {
            parts.add(isKeptAt(node) ? "no executor idle; its GPUs are kept for it" : "no executor idle");
        } else if (isKeptAt(node)) {
            parts.add("GPUs are kept for it");
        } else if (!waiter.isOffered() && distance.missing == 0) {
            parts.add("kept for requests that came before and were overtaken too often");
        }
        return node.name() + ": " + String.join("; ", parts);
    }

    /** The first one stands for all. */
    private static String reasonOfDrain(NodePool node, Set<String> suitable) {
        return node.slots().all().stream()
                .filter(slot -> suitable.contains(slot.device().uuid()) && slot.drained() != null)
                .map(DeviceSlot::drained)
                .findFirst()
                .orElse("");
    }

    /** Whether it was overtaken so often that the others leave it what it needs there. */
    private boolean isKeptAt(NodePool node) {
        Line own = waiter.line();
        return own != null && own.kept() == node && own.firstEntitled() == waiter;
    }

    /** Who has the devices that aren't idle, such as {@code held by train #1 (2), train #2 (1); 1 set aside}. */
    private String rest(NodePool node, Set<String> suitable) {
        Map<String, Integer> holders = new LinkedHashMap<>();
        int held = 0;
        int aside = 0;
        int drained = 0;
        for (DeviceSlot slot : node.slots().all()) {
            if (suitable.contains(slot.device().uuid()) && !slot.isIdle()) {
                held += slot.isHeld() ? 1 : 0;
                aside += slot.isHeld() || slot.drained() != null ? 0 : 1;
                drained += slot.isHeld() || slot.drained() == null ? 0 : 1;
                slot.holdings().forEach(holding -> holders.merge(holding.lease().holder().toString(), 1, Integer::sum));
            }
        }
        List<String> parts = new ArrayList<>();
        if (held > 0 && !named) {
            parts.add(held + " held");
        } else if (!holders.isEmpty()) {
            parts.add("held by " + holders.entrySet().stream()
                    .limit(MAX_NAMES)
                    .map(holder -> holder.getKey() + " (" + holder.getValue() + ")")
                    .collect(Collectors.joining(", "))
                    + (holders.size() > MAX_NAMES ? " and " + (holders.size() - MAX_NAMES) + " more" : ""));
        }
        if (aside > 0) {
            parts.add(aside + " set aside");
        }
        if (drained > 0) {
            parts.add(drained + " drained: " + reasonOfDrain(node, suitable));
        }
        return String.join("; ", parts);
    }
}
