package io.jenkins.plugins.gpulease.agent;

import hudson.init.Terminator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Ends the built-in node's probe with Jenkins; those of agents end with their channels. */
@Restricted(NoExternalUse.class)
public final class ProbesAtShutdown {

    private ProbesAtShutdown() {}

    @Terminator
    public static void end() {
        AgentProbe.end(NodeNames.BUILT_IN);
    }
}
