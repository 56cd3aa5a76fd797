package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import java.time.Instant;
import java.util.List;

/**
 * What a person did.
 *
 * @param who the user's id
 * @param what for people, without the name of any build
 * @param holders whose leases it ended
 */
record HistoryEntry(
        @NonNull Instant at, @NonNull String who, @NonNull String node, @NonNull String what, @NonNull List<Holder> holders) {

    HistoryEntry {
        holders = List.copyOf(holders);
    }
}
