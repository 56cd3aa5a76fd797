package io.jenkins.plugins.gpulease.declarative;

import static org.junit.Assert.assertNull;

import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** A Jenkins without Declarative. */
public class WithoutDeclarativeTest {

    @Rule
    public final RealJenkinsRule controller =
            new RealJenkinsRule().omitPlugins("pipeline-model-definition", "pipeline-model-extensions", "pipeline-model-api");

    @Test
    public void scriptedPipelinesLeaseGpus() throws Throwable {
        controller.then(WithoutDeclarativeTest::leases);
    }

    private static void leases(JenkinsRule jenkins) throws Throwable {
        assertNull(jenkins.jenkins.getPlugin("pipeline-model-extensions"));
        GpuTestNodes.simulateBuiltIn(jenkins, "1xH100:80GB");
        jenkins.assertLogContains(
                "GPU lease: granted 1 GPU on built-in", Builds.succeed(jenkins, "gpu { node { echo 'body' } }"));
        Eventually.awaitNoLeaseAndNoWaiter();
    }
}
