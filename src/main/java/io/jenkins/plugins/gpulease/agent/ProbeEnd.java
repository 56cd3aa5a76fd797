package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import jenkins.security.MasterToSlaveCallable;

/** Ends the probe of a node, if it has one. Runs in the agent's JVM. */
final class ProbeEnd extends MasterToSlaveCallable<Void, RuntimeException> {

    private static final long serialVersionUID = 1L;

    private final String node;

    ProbeEnd(@NonNull String node) {
        this.node = node;
    }

    @Override
    public Void call() {
        AgentProbe.end(node);
        return null;
    }
}
