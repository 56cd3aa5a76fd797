package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;

/** Sets the variables of a lease; an inner lease's replace an outer one's. Stored with the Pipeline. */
final class LeaseVariables extends EnvironmentExpander {

    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<String, String> variables;

    LeaseVariables(@NonNull Map<String, String> variables) {
        this.variables = new LinkedHashMap<>(variables);
    }

    @Override
    public void expand(@NonNull EnvVars env) {
        env.putAll(variables); // literally: a value such as a model's name is no expression
    }
}
