package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.lease.Candidates;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

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
    private final BooleanSupplier closed;
    private volatile Reach reach;

    /**
     * The nodes that may be used.
     *
     * @param nodes their names
     * @param mayGrow whether more may come: a cloud would bring them, or nobody has looked for the GPUs of some yet, or at what has
     *     changed since
     * @param mayReturn whether there is none, but was: it may come back
     */
    record Reach(@NonNull Set<String> nodes, boolean mayGrow, boolean mayReturn) {

        @NonNull
        Reach growing() {
            return new Reach(nodes, true, mayReturn);
        }
    }

    /**
     * @param label null for any
     * @param rooms idle executors by node, or {@link #CLOSED}, kept up to date by whoever made it
     * @param closed whether no node takes such items now, as while Jenkins prepares for a shutdown; takes no lock
     */
    LabelCandidates(
            @CheckForNull String label,
            @NonNull Map<String, Integer> rooms,
            @NonNull BooleanSupplier closed,
            @NonNull Reach reach) {
        this.label = label;
        this.rooms = rooms;
        this.closed = closed;
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
        return Math.max(0, known(node));
    }

    @Override
    public boolean takesTasks(@NonNull String node) {
        return known(node) != CLOSED;
    }

    private int known(String node) {
        Integer room = mayUse(node) && !closed.getAsBoolean() ? rooms.get(node) : null;
        return room == null ? CLOSED : room;
    }

    @Override
    public boolean mayGrow() {
        Reach now = reach;
        boolean justRemoved = now.nodes().stream().anyMatch(node -> NodeNames.node(node) == null); // the next look knows
        return now.mayGrow() || now.mayReturn() || justRemoved;
    }

    @NonNull
    @Override
    public String hope() {
        return reach.mayReturn() ? Messages.LabelCandidates_gone() : Candidates.super.hope();
    }

    @NonNull
    @Override
    public String title() {
        return label == null ? Messages.LabelCandidates_any() : Messages.LabelCandidates_label(shortened(label));
    }

    @NonNull
    @Override
    public String noNode() {
        return label == null ? Messages.LabelCandidates_noneAny() : Messages.LabelCandidates_noneLabel(shortened(label));
    }

    private static String shortened(String label) {
        return label.length() > MAX_TITLE ? label.substring(0, MAX_TITLE) + "…" : label;
    }
}
