package io.jenkins.plugins.gpulease.pipeline;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;

import hudson.model.Result;
import hudson.slaves.DumbSlave;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Instant;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class GpuInfoStepTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static DumbSlave agent;

    @BeforeClass
    public static void aNodeWithALease() throws Exception {
        agent = GpuTestNodes.simulatedAgent(JENKINS, "gpu-agent", "1xH100:80GB,1xT4:16GB");
        GpuLeases.get().table().adopt(new Lease(
                "1", "gpu-agent", List.of(GpuTestNodes.view(agent).inventory().devices().get(1)), null,
                new Holder("1", "secret #1"), null, Instant.now(), Instant.now()));
    }

    @Test
    public void aPipelineInTheSandboxReadsTheDevicesOfItsNode() throws Exception {
        String log = Builds.log(Builds.succeed(JENKINS, """
                node('gpu-agent') {
                    def gpus = gpuInfo()
                    echo "count=${gpus.size()}"
                    for (gpu in gpus) {
                        echo "${gpu.node}/${gpu.index}/${gpu.model}/${gpu.memoryMiB}/${gpu.computeCapability}/${gpu.state}/${gpu.idle}"
                    }
                    echo "idle: " + gpus.findAll { it.idle && it.memoryMiB >= 40000 }.collect { it.uuid }.join(',')
                }
                """));

        assertThat(log, containsString("count=2"));
        assertThat(log, containsString("gpu-agent/0/Simulated NVIDIA H100/76293/9.0/idle/true"));
        assertThat(log, containsString("/15258/7.5/leased/false"));
        assertThat(log, containsString("idle: " + GpuTestNodes.view(agent).inventory().devices().get(0).uuid()));
    }

    @Test
    public void whoHoldsADeviceIsNotTold() throws Exception {
        assertThat(Builds.log(Builds.succeed(JENKINS, "echo gpuInfo(node: 'gpu-agent').toString()")), not(containsString("secret")));
    }

    @Test
    public void theAnswerCanBeStoredWithThePipeline() throws Exception {
        WorkflowRun build = Builds.succeed(JENKINS, "def gpus = gpuInfo(node: 'gpu-agent'); sleep 1; echo gpus[0].pciBusId");

        assertThat(Builds.log(build), not(containsString("NotSerializable")));
    }

    @Test
    public void anotherNodeCanBeNamed() throws Exception {
        DumbSlave other = GpuTestNodes.simulatedAgent(JENKINS, "other", "3xA100:40GB");

        WorkflowRun build = Builds.succeed(JENKINS, "node('gpu-agent') { echo 'found ' + gpuInfo(node: 'other').size() }");

        assertThat(Builds.log(build), containsString("found 3"));
        assertEquals(3, GpuTestNodes.view(other).devices().size());
    }

    @Test
    public void aNodeWithoutGpusHasNone() throws Exception {
        DumbSlave plain = JENKINS.createOnlineSlave();

        WorkflowRun build = Builds.succeed(JENKINS, "node('" + plain.getNodeName() + "') { echo 'found ' + gpuInfo().size() }");

        assertThat(Builds.log(build), containsString("found 0"));
    }

    @Test
    public void withoutANodeItSaysWhatToDo() throws Exception {
        assertFails("gpuInfo()", "gpuInfo: there is no node around it; put it into node { ... }, or name one");
        assertFails("gpuInfo(node: ' ')", "gpuInfo: there is no node around it");
    }

    @Test
    public void aNodeThatIsNotThereIsAnError() throws Exception {
        assertFails("gpuInfo(node: 'nowhere')", "gpuInfo: node is 'nowhere'; allowed is the name of a node that exists");
    }

    @Test
    public void aNodeThatCannotBeReadIsNoNodeWithoutGpus() throws Exception {
        DumbSlave broken = JENKINS.createOnlineSlave();
        GpuNodeProperty property = new GpuNodeProperty();
        property.setLibraryPath("/nowhere/libnvidia-ml.so.1");
        GpuTestNodes.configure(broken, property);

        assertFails("gpuInfo(node: '" + broken.getNodeName() + "')", "gpuInfo: nothing can be told of the GPUs of ");
    }

    @Test
    public void aGpuInMigModeIsOnlyTheFrameForItsInstances() {
        var mig = Gpus.inMigMode(Gpus.h100(0));
        GpuLeases.get().table().setInventory("mig", Gpus.inventory(mig, Gpus.instanceOf(mig, "1g.10gb")));

        var facts = DeviceFacts.of(GpuLeases.get().table().view("mig").orElseThrow(), "mig");

        assertEquals(1, facts.size());
        assertEquals("1g.10gb", facts.get(0).get("migProfile"));
        assertEquals("550.54.15", facts.get(0).get("driverVersion"));
        GpuLeases.get().table().removeNode("mig");
    }

    @Test
    public void theFormAndTheSnippetGiveBackWhatTheyWereGiven() throws Exception {
        GpuInfoStep named = new GpuInfoStep();
        named.setNode("gpu-agent");

        assertEquals("gpu-agent", new StepConfigTester(JENKINS).configRoundTrip(named).getNode());
        assertEquals(null, new StepConfigTester(JENKINS).configRoundTrip(new GpuInfoStep()).getNode());
        new SnippetizerTester(JENKINS).assertRoundTrip(named, "gpuInfo node: 'gpu-agent'");
        new SnippetizerTester(JENKINS).assertRoundTrip(new GpuInfoStep(), "gpuInfo()");
    }

    @Test
    public void theFormWarnsOfANodeThatIsNotThere() {
        GpuInfoStep.DescriptorImpl descriptor = JENKINS.jenkins.getDescriptorByType(GpuInfoStep.DescriptorImpl.class);

        assertEquals(FormValidation.Kind.OK, descriptor.doCheckNode(null, "gpu-agent").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckNode(null, "").kind);
        assertEquals(FormValidation.Kind.WARNING, descriptor.doCheckNode(null, "nowhere").kind);
    }

    private static void assertFails(String script, String message) throws Exception {
        WorkflowRun build = JENKINS.buildAndAssertStatus(Result.FAILURE, Builds.job(JENKINS, script));
        assertThat(Builds.log(build), containsString(message));
    }
}
