package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.model.Node;
import io.jenkins.plugins.gpulease.agent.GpuNodeSettings;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseEnvironment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;

/**
 * Sets the variables of a block's lease, but only for steps that run on the lease's node: those know its name as {@code NODE_NAME}.
 * Stored with the Pipeline.
 */
final class NodeVariables extends EnvironmentExpander {

    private static final long serialVersionUID = 1L;

    private final BlockLease block;

    /** Made once for a lease. */
    private transient volatile Map<String, String> variables;

    NodeVariables(@NonNull BlockLease block) {
        this.block = block;
    }

    @Override
    public void expand(@NonNull EnvVars env) {
        StoredLease lease = block.lease();
        if (lease != null && NodeNames.variable(lease.node()).equals(env.get("NODE_NAME"))) {
            env.putAll(variables(lease)); // literally: a value such as a model's name is no expression
        }
    }

    private Map<String, String> variables(StoredLease lease) {
        Map<String, String> known = variables;
        if (known == null) {
            Node node = NodeNames.node(lease.node());
            boolean indices = node != null && GpuNodeSettings.of(node).indices();
            known = new LinkedHashMap<>(LeaseEnvironment.of(lease.toLease(), indices));
            variables = known;
        }
        return known;
    }
}
