package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.lease.Candidates;
import java.util.Map;
import java.util.Set;

/**
 * Where items with one label, of one user, may run. Equal for all such items, so there is one object for them all; what it
 * answers is what {@link NodeRooms} saw last. Without locks, as the table of leases wants it.
 */
final class LabelCandidates implements Candidates {

    /** The room of a node that takes no tasks now. */
    static final int CLOSED = -1;

    private static final int MAX_TITLE = 200;

    @CheckForNull
    private final String label;

    private final Map<String, Integer> rooms;
    private volatile Reach reach;

    /**
     * The nodes that may be used.
     *
     * @param nodes their names
     * @param mayGrow whether more may come: a cloud would bring them, or nobody has looked for the GPUs of some yet
     */
    record Reach(@NonNull Set<String> nodes, boolean mayGrow) {}

    /**
     * @param label null for any
     * @param rooms idle executors by node, or {@link #CLOSED}, kept up to date by whoever made it
     */
    LabelCandidates(@CheckForNull String label, @NonNull Map<String, Integer> rooms, @NonNull Reach reach) {
        this.label = label;
        this.rooms = rooms;
        this.reach = reach;
    }

    @NonNull
    Reach reach() {
        return reach;
    }

    /** @return whether anything changes by that */
    boolean reaches(@NonNull Reach newReach) {
        boolean changed = !reach.equals(newReach);
        reach = newReach;
        return changed;
    }

    @Override
    public boolean mayUse(@NonNull String node) {
        return reach.nodes().contains(node);
    }

    @Override
    public int room(@NonNull String node) {
        Integer room = mayUse(node) ? rooms.get(node) : null;
        return room == null ? 0 : Math.max(0, room);
    }

    @Override
    public boolean takesTasks(@NonNull String node) {
        Integer room = mayUse(node) ? rooms.get(node) : null;
        return room != null && room != CLOSED;
    }

    @Override
    public boolean mayGrow() {
        return reach.mayGrow();
    }

    @NonNull
    @Override
    public String title() {
        return label == null
                ? Messages.LabelCandidates_any()
                : Messages.LabelCandidates_label(label.length() > MAX_TITLE ? label.substring(0, MAX_TITLE) + "…" : label);
    }
}
