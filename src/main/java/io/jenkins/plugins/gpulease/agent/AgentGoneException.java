package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;

/** The agent isn't connected, or lost its connection while it was asked: normal life, which {@link OnlineNodes} takes care of. */
final class AgentGoneException extends ProbeException {

    private static final long serialVersionUID = 1L;

    AgentGoneException(@NonNull String node, Throwable cause) {
        super(node + " is offline", cause);
    }
}
