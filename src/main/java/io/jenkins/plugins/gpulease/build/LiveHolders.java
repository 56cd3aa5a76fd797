package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Run;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/** Knows who holds leases, or waits for them, outside of {@code gpu} blocks. Leases that nobody knows of are ended. */
public interface LiveHolders extends ExtensionPoint {

    /** Ids of their requests and leases at this moment. Called without locks; may load builds. */
    @NonNull
    Set<String> liveIds();

    /** The running build that has a lease; null if this one knows of none. Called without locks; may load builds. */
    @CheckForNull
    default Run<?, ?> buildOf(@NonNull String leaseId) {
        return null;
    }

    /** The running build that has a lease outside of {@code gpu} blocks; null if nobody knows of one. */
    @CheckForNull
    static Run<?, ?> build(@NonNull String leaseId) {
        return ExtensionList.lookup(LiveHolders.class).stream()
                .<Run<?, ?>>map(holders -> holders.buildOf(leaseId))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** What all of them know. */
    @NonNull
    static Set<String> allIds() {
        Set<String> ids = new HashSet<>();
        ExtensionList.lookup(LiveHolders.class).forEach(holders -> ids.addAll(holders.liveIds()));
        return ids;
    }
}
