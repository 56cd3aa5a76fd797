package io.jenkins.plugins.gpulease.queue;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;

import hudson.ExtensionList;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.slaves.NodeProvisioner;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Agents that a cloud brings when they are needed, and that go away after one task. */
public class OnDemandAgentTest {

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    private OnDemandCloud cloud;

    @Before
    public void cloudWithTwoGpusOnEachAgent() throws Exception {
        ExtensionList.lookup(NodeProvisioner.Strategy.class).add(0, new OnDemandCloud.AtOnce());
        cloud = new OnDemandCloud(jenkins, "burst", "2xA100:40GB");
        jenkins.jenkins.clouds.add(cloud);
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNothingLeft();
        Eventually.await("all agents are gone", () -> jenkins.jenkins.getNodes().stream().noneMatch(OnDemandCloud.Ephemeral.class::isInstance));
    }

    /** As Jenkins does every ten seconds. */
    private boolean isOver(WorkflowRun build) {
        jenkins.jenkins.getLabel("burst").nodeProvisioner.suggestReviewNow();
        return !build.isLogUpdated();
    }

    private WorkflowRun complete(String script) throws Exception {
        WorkflowRun build = start(jenkins, script);
        Eventually.await("the build is over", () -> isOver(build));
        return build;
    }

    @Test
    public void anAgentThatComesOnDemandServesWhoWaits() throws Exception {
        WorkflowRun build = complete("gpu(count: 2) { node('burst') { echo \"on=${env.NODE_NAME} gpus=${env.GPU_COUNT}\" } }");

        jenkins.assertBuildStatusSuccess(build);
        assertThat(log(build), containsString("on=cloud-1 gpus=2"));
        assertEquals(1, cloud.brought());
    }

    @Test
    public void whileItComesTheRequestWaitsAndSaysSo() throws Exception {
        WorkflowRun build = start(jenkins, "gpu { node('burst') { echo 'body' } }");

        jenkins.waitForMessage("further nodes may come, as from a cloud", build);
        Eventually.await("the queue knows why", () -> Queue.getInstance().getItems().length == 1
                && Queue.getInstance().getItems()[0].getWhy().contains("burst"));
        Eventually.await("the build is over", () -> isOver(build));
        jenkins.assertBuildStatusSuccess(build);
    }

    @Test
    public void aSecondNodeInTheBlockFailsSinceTheAgentIsGone() throws Exception {
        WorkflowRun build = start(
                jenkins, "gpu { node('burst') { echo 'first' }; semaphore 'gone'; node('burst') { error 'must not run' } }");
        Eventually.await("its agent is gone", () -> {
            isOver(build);
            return log(build).contains("first") && jenkins.jenkins.getNode("cloud-1") == null;
        });
        SemaphoreStep.success("gone/1", null);
        Eventually.await("the build is over", () -> isOver(build));

        jenkins.assertBuildStatus(Result.FAILURE, build);
        assertThat(log(build), containsString("Node cloud-1, which had the GPUs of this block, was removed"));
        assertThat(log(build), not(containsString("must not run")));
    }

    @Test
    public void eachOfManyBlocksGetsAnAgentOfItsOwn() throws Exception {
        WorkflowRun build = complete(
                """
                def branches = [:]
                for (int i = 0; i < 3; i++) {
                  branches["b$i"] = { gpu { node('burst') { echo "on=${env.NODE_NAME}" } } }
                }
                parallel branches
                """);

        jenkins.assertBuildStatusSuccess(build);
        assertThat(log(build), containsString("on=cloud-1"));
        assertThat(log(build), containsString("on=cloud-2"));
        assertThat(log(build), containsString("on=cloud-3"));
    }

    @Test
    public void anAgentWithTooFewGpusLetsTheRequestWaitForABetterOne() throws Exception {
        WorkflowRun build = start(jenkins, "gpu(count: 3) { node('burst') { error 'must not run' } }");
        Eventually.await("an agent was tried", () -> {
            isOver(build);
            return jenkins.jenkins.getComputer("cloud-1") != null && jenkins.jenkins.getComputer("cloud-1").isOnline();
        });
        GpuTestNodes.awaitDiscovery(jenkins.jenkins.getNode("cloud-1"));

        assertEquals(1, Eventually.waiters());
        jenkins.waitForMessage("which no known node with label 'burst' has", build);
        build.doStop();
        jenkins.waitForCompletion(build);
        jenkins.jenkins.removeNode(jenkins.jenkins.getNode("cloud-1"));
        assertThat(log(build), not(containsString("must not run")));
    }
}
