package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;

/**
 * A ledger as it is stored.
 *
 * @param jobs full names of the jobs that the hours name by number, at most {@value FleetLedger#MAX_NAMES}
 * @param hours a line each, oldest first, at most {@value FleetLedger#HOURS}
 */
public record StoredHours(@NonNull List<String> jobs, @NonNull List<String> hours) {

    public static final StoredHours NONE = new StoredHours(List.of(), List.of());

    public StoredHours {
        jobs = List.copyOf(jobs);
        hours = List.copyOf(hours);
    }
}
