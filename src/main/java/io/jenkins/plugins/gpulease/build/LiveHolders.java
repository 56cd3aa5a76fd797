package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import java.util.HashSet;
import java.util.Set;

/** Knows who holds leases, or waits for them, outside of {@code gpu} blocks. Leases that nobody knows of are ended. */
public interface LiveHolders extends ExtensionPoint {

    /** Ids of their requests and leases at this moment. Called without locks; may load builds. */
    @NonNull
    Set<String> liveIds();

    /** What all of them know. */
    @NonNull
    static Set<String> allIds() {
        Set<String> ids = new HashSet<>();
        ExtensionList.lookup(LiveHolders.class).forEach(holders -> ids.addAll(holders.liveIds()));
        return ids;
    }
}
