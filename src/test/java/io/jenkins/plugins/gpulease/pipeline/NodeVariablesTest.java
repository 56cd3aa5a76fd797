package io.jenkins.plugins.gpulease.pipeline;

import static org.junit.Assert.assertEquals;

import hudson.EnvVars;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.junit.Test;

public class NodeVariablesTest {

    /** As credentials are. */
    private static final class Secret extends EnvironmentExpander {

        private static final long serialVersionUID = 1L;

        @Override
        public void expand(EnvVars env) {
            env.override("TOKEN", "secret");
        }

        @Override
        public Set<String> getSensitiveVariables() {
            return Set.of("TOKEN");
        }
    }

    @Test
    public void variablesFromAroundTheBlockStayWhatTheyAre() throws Exception {
        NodeVariables variables = new NodeVariables(new BlockLease(), new Secret());
        EnvVars env = new EnvVars();
        variables.expand(env);

        assertEquals("secret", env.get("TOKEN"));
        assertEquals(Set.of("TOKEN"), variables.getSensitiveVariables());
    }

    @Test
    public void aBlockMayBeTheOutermost() throws Exception {
        NodeVariables variables = new NodeVariables(new BlockLease(), null);
        EnvVars env = new EnvVars();
        variables.expand(env);

        assertEquals(0, env.size());
        assertEquals(Set.of(), variables.getSensitiveVariables());
    }
}
