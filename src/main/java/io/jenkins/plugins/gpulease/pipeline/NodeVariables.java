package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import io.jenkins.plugins.gpulease.agent.NodeEnvironment;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.build.StoredLease;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;

/**
 * Sets the variables of a block's lease, but only for steps that run on the lease's node: {@code node} tells them its name as
 * {@code NODE_NAME}. Steps around the block may set another one, as {@code withEnv} does, so this looks before they do, and
 * sets its variables after they have set theirs. Stored with the Pipeline.
 */
final class NodeVariables extends EnvironmentExpander {

    private static final long serialVersionUID = 1L;

    private final BlockLease block;

    /** What steps around the block set. */
    @CheckForNull
    private final EnvironmentExpander around;

    /** Made once for a lease, and stored, so that the steps after a restart find what those before found. */
    @CheckForNull
    private volatile LinkedHashMap<String, String> variables;

    NodeVariables(@NonNull BlockLease block, @CheckForNull EnvironmentExpander around) {
        this.block = block;
        this.around = around;
    }

    @Override
    public void expand(@NonNull EnvVars env) throws IOException, InterruptedException {
        StoredLease lease = block.lease();
        boolean isThere = lease != null && NodeNames.variable(lease.node()).equals(env.get("NODE_NAME"));
        if (around != null) {
            around.expand(env);
        }
        if (isThere) {
            env.putAll(variables(lease)); // literally: a value such as a model's name is no expression
        }
    }

    /** Those of credentials, say, that log lines must not show. */
    @Override
    public Set<String> getSensitiveVariables() {
        return around == null ? Set.of() : around.getSensitiveVariables();
    }

    private Map<String, String> variables(StoredLease lease) {
        LinkedHashMap<String, String> known = variables;
        if (known == null) {
            known = new LinkedHashMap<>(NodeEnvironment.of(lease.toLease()));
            variables = known;
        }
        return known;
    }
}
