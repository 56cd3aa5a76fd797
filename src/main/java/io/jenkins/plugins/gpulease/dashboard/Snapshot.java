package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;

/**
 * All nodes, leases and requests at one moment: one for all viewers. Immutable.
 *
 * @param number grows with each snapshot that differs from the one before
 * @param paused nothing is granted until the builds that survived a restart have taken up their leases
 * @param nodes by name
 * @param floating requests that aren't bound to a node, in their order
 * @param history what people did, the newest first
 */
record Snapshot(
        long number,
        boolean paused,
        @NonNull List<NodePart> nodes,
        @NonNull List<HolderPart> floating,
        @NonNull List<HistoryEntry> history) {

    Snapshot {
        nodes = List.copyOf(nodes);
        floating = List.copyOf(floating);
        history = List.copyOf(history);
    }
}
