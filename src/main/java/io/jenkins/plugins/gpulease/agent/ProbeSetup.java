package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.util.List;

/**
 * What a node's probe is started with; another set-up needs another probe.
 *
 * @param node name of the node; two simulated nodes have different devices
 * @param simulatedGpus to be simulated; null for real ones
 * @param libraryPath of NVML; null for the usual places
 * @param classPath of the child process, as paths on the agent; empty for a simulation, which needs no child
 */
record ProbeSetup(
        @NonNull String node,
        @CheckForNull String simulatedGpus,
        @CheckForNull String libraryPath,
        @NonNull List<String> classPath)
        implements Serializable {

    ProbeSetup {
        classPath = List.copyOf(classPath);
    }

    @NonNull
    static ProbeSetup simulated(@NonNull String node, @NonNull String gpus) {
        return new ProbeSetup(node, gpus, null, List.of());
    }
}
