package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import hudson.model.Node;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import jenkins.model.Jenkins;

/** A node by the name that a Pipeline knows it by: what {@code NODE_NAME} is there. */
final class NamedNode {

    private NamedNode() {}

    /** Null if there is none, or it isn't one for whoever asks, who may not build there: names are no secret, but what is there may be. */
    @CheckForNull
    static Node find(@NonNull String name) {
        Jenkins jenkins = Jenkins.get();
        Node agent = jenkins.getNode(name);
        boolean builtIn = name.equals(NodeNames.variable(NodeNames.BUILT_IN)) || name.equals(NodeNames.BUILT_IN);
        Node node = agent != null ? agent : builtIn ? jenkins : null;
        return node == null || !node.hasPermission(Computer.BUILD) ? null : node;
    }
}
