package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Slave;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.InboundAgentRule;
import org.jvnet.hudson.test.JenkinsRule;

public class GpuLabelsTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final InboundAgentRule AGENTS = new InboundAgentRule();

    @After
    public void noNodeHasGpus() throws Exception {
        for (Node agent : List.copyOf(JENKINS.jenkins.getNodes())) {
            JENKINS.jenkins.removeNode(agent);
        }
        JENKINS.jenkins.getNodeProperties().clear();
        GpuTestNodes.awaitDiscovery(JENKINS.jenkins);
        GpuTestNodes.await(() -> nodes("gpu").isEmpty());
    }

    /** As the build queue sees it. */
    private static Set<Node> nodes(String label) {
        return Label.get(label).getNodes();
    }

    private static Set<String> gpuLabels(Node node) {
        return node.getAssignedLabels().stream()
                .map(Label::getName)
                .filter(name -> name.startsWith("gpu"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    public void labelsFollowTheHardware() throws Exception {
        assertTrue(nodes("gpu-h100").isEmpty()); // from now on the label remembers that
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "follows", "2xH100:80GB,1xT4:16GB");
        GpuTestNodes.await(() -> nodes("gpu-h100").equals(Set.of(agent)));
        assertEquals(Set.of("gpu", "gpu-h100", "gpu-t4"), gpuLabels(agent));
        assertEquals(Set.of(agent), nodes("gpu-t4 && !gpu-a100"));

        GpuTestNodes.configure(agent, GpuTestNodes.simulated("1xT4:16GB"));
        GpuTestNodes.await(() -> nodes("gpu-h100").isEmpty());
        assertEquals(Set.of(agent), nodes("gpu-t4"));

        GpuNodeProperty off = GpuTestNodes.simulated("1xT4:16GB");
        off.setDiscovery(false);
        GpuTestNodes.configure(agent, off);
        GpuTestNodes.await(() -> nodes("gpu").isEmpty() && nodes("gpu-t4").isEmpty());
    }

    @Test
    public void theBuiltInNodeHasLabelsToo() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "1xL4:24GB");
        GpuTestNodes.await(() -> nodes("gpu-l4").equals(Set.of(JENKINS.jenkins)));
    }

    @Test
    public void anAgentThatIsOfflineKeepsItsLabels() throws Exception {
        Slave agent = GpuTestNodes.simulatedInboundAgent(JENKINS, AGENTS, "off", "1xL4:24GB");
        GpuTestNodes.await(() -> nodes("gpu-l4").equals(Set.of(agent)));

        GpuTestNodes.stop(JENKINS, AGENTS, "off");
        GpuTestNodes.await(() -> GpuTestNodes.view(agent).unreachable() != null);

        assertEquals(Set.of("gpu", "gpu-l4"), gpuLabels(agent));
        assertEquals(Set.of(agent), nodes("gpu-l4"));
    }

    @Test
    public void gpusThatCannotBeReadKeepTheirLabels() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "1xL4:24GB");
        GpuTestNodes.await(() -> nodes("gpu-l4").equals(Set.of(JENKINS.jenkins)));

        GpuTestNodes.configure(JENKINS.jenkins, GpuTestNodes.simulated("four"));

        assertThat(GpuTestNodes.view(JENKINS.jenkins).unreachable(), containsString("four"));
        assertEquals(Set.of(JENKINS.jenkins), nodes("gpu-l4"));
    }

    @Test
    public void theLabelsOfARemovedAgentGoWithIt() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "removed", "1xL4:24GB");
        GpuTestNodes.await(() -> nodes("gpu-l4").equals(Set.of(agent)));

        JENKINS.jenkins.removeNode(agent);

        GpuTestNodes.await(() -> gpuLabels(agent).isEmpty());
        assertTrue(nodes("gpu-l4").isEmpty());
    }

    @Test
    public void aBuildThatWaitsForALabelStartsOnceTheHardwareIsFound() throws Exception {
        WorkflowRun build = Builds.start(JENKINS, "node('gpu-a100') { gpu { echo \"on ${env.NODE_NAME} with ${env.GPU_MODEL}\" } }");
        GpuTestNodes.await(() -> !JENKINS.jenkins.getQueue().isEmpty());

        GpuTestNodes.simulatedAgent(JENKINS, "brings-it", "1xA100:40GB");

        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
        JENKINS.assertLogContains("on brings-it with Simulated NVIDIA A100", build);
    }

    @Test
    public void labelsAreListedAndHaveAPage() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "listed", "1xH100:80GB");
        GpuTestNodes.await(() -> nodes("gpu-h100").equals(Set.of(agent)));
        assertThat(JENKINS.jenkins.getLabelAtoms().stream().map(Label::getName).toList(), hasItem("gpu-h100"));
        try (JenkinsRule.WebClient browser = JENKINS.createWebClient()) {
            assertThat(browser.goTo("label/gpu-h100/").asNormalizedText(), containsString("listed"));
        }
    }
}
