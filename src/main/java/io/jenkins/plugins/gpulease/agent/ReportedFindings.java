package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import io.jenkins.plugins.gpulease.engine.doctor.Severity;
import java.util.List;
import java.util.Objects;

/** Findings as an agent reports them, made fit for the controller. Pure. */
final class ReportedFindings {

    static final int MAX_FINDINGS = 200;

    private ReportedFindings() {}

    @NonNull
    static List<Finding> accept(@CheckForNull List<Finding> reported) {
        return reported == null
                ? List.of()
                : reported.stream().filter(Objects::nonNull).limit(MAX_FINDINGS).map(ReportedFindings::finding).toList();
    }

    private static Finding finding(Finding reported) {
        return new Finding(
                Objects.requireNonNullElse(reported.severity(), Severity.INFO),
                ReportedText.name(reported.topic()),
                ReportedText.finding(reported.found()),
                reported.cure() == null ? null : ReportedText.finding(reported.cure()));
    }
}
