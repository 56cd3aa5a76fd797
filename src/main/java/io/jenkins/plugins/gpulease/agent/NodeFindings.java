package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import io.jenkins.plugins.gpulease.engine.doctor.Severity;
import java.util.ArrayList;
import java.util.List;

/** What a node's own configuration has to do with it that its GPUs aren't seen. Pure. */
final class NodeFindings {

    private NodeFindings() {}

    @NonNull
    static List<Finding> of(@NonNull GpuNodeSettings settings) {
        List<Finding> findings = new ArrayList<>();
        if (!settings.discovery()) {
            findings.add(finding(Severity.PROBLEM, Messages.NodeFindings_noDiscovery(), Messages.NodeFindings_discover()));
        }
        String simulated = settings.simulatedGpus();
        if (simulated != null) {
            findings.add(finding(Severity.WARNING, Messages.NodeFindings_simulated(simulated),
                    Messages.NodeFindings_useReal()));
        }
        String excluded = settings.exclude();
        if (excluded != null && !excluded.isBlank()) {
            findings.add(finding(Severity.INFO, Messages.NodeFindings_excluded(excluded.strip()), null));
        }
        return findings;
    }

    private static Finding finding(Severity severity, String found, String cure) {
        return new Finding(severity, Messages.NodeFindings_topic(), found, cure);
    }
}
