package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import java.io.Serializable;
import java.util.List;

/**
 * What a node's probe is started with; another set-up needs another probe.
 *
 * @param node name of the node
 * @param simulatedGpus to be simulated; null for real ones
 * @param salt makes the devices of simulations differ
 * @param libraryPath of NVML; null for the usual places
 * @param classPath of the child process, as paths on the agent; empty for a simulation, which needs no child
 */
record ProbeSetup(
        @NonNull String node,
        @CheckForNull String simulatedGpus,
        @NonNull String salt,
        @CheckForNull String libraryPath,
        @NonNull List<String> classPath)
        implements Serializable {

    ProbeSetup {
        classPath = List.copyOf(classPath);
    }

    /**
     * Simulated GPUs belong to a node of one controller: others may run simulations of that name on the same host.
     *
     * @param controller identity of the controller, which the agent isn't told
     */
    @NonNull
    static ProbeSetup simulated(@NonNull String node, @NonNull String gpus, @NonNull String controller) {
        return new ProbeSetup(node, gpus, Util.getDigestOf(controller + "@" + node), null, List.of());
    }

    @NonNull
    static ProbeSetup real(@NonNull String node, @CheckForNull String libraryPath, @NonNull List<String> classPath) {
        return new ProbeSetup(node, null, "", libraryPath, classPath);
    }
}
