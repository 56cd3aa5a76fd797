package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import java.time.Instant;
import java.util.List;

/**
 * What was found on a node.
 *
 * @param findings worst first; null as long as they aren't there
 * @param failure why there are none, for people; null if there are, or will be
 */
record Diagnosis(@NonNull Instant startedAt, @CheckForNull List<Finding> findings, @CheckForNull String failure) {

    Diagnosis {
        findings = findings == null ? null : List.copyOf(findings);
    }

    boolean isRunning() {
        return findings == null && failure == null;
    }
}
