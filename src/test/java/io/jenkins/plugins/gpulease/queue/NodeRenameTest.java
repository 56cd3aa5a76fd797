package io.jenkins.plugins.gpulease.queue;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Slave;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Nodes that get another name while a block around {@code node} has to do with them. */
public class NodeRenameTest {

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    private Refusals refusals;
    private Slave small;

    @Before
    public void anAgent() throws Exception {
        refusals = Refusals.begin();
        small = GpuTestNodes.simulatedAgent(jenkins, "small", "1xT4:16GB", "linux", 2);
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNothingLeft();
    }

    /** As its form does; its agent connects anew. */
    private void rename() throws Exception {
        Node renamed = (Node) Jenkins.XSTREAM2.fromXML(
                Jenkins.XSTREAM2.toXML(small).replace("<name>small</name>", "<name>little</name>"));
        jenkins.jenkins.getNodesObject().replaceNode(small, renamed);
        small = (Slave) renamed;
    }

    private void connect() throws Exception {
        small.toComputer().connect(false);
        jenkins.waitOnline(small);
        GpuTestNodes.awaitDiscovery(small);
    }

    @Test
    public void whoWaitsForALabelIsServedUnderTheNewName() throws Exception {
        WorkflowRun holder = start(jenkins, "node('linux') { gpu { semaphore 'rename' } }");
        SemaphoreStep.waitForStart("rename/1", holder);
        WorkflowRun build = start(jenkins, "gpu(model: 'T4') { node('linux') { echo \"on=${env.GPU_NODE}\" } }");
        jenkins.waitForMessage("GPU lease: waiting on any node", build);
        rename();
        connect();

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=little"));
        holder.doKill();
        jenkins.waitForCompletion(holder);
    }

    @Test
    public void whoWasGrantedItsGpusGetsThemUnderTheNewName() throws Exception {
        refusals.refuse("small");
        WorkflowRun build = start(jenkins, "gpu { node('linux') { echo \"on=${env.GPU_NODE}\" } }");
        Eventually.await("it has its GPU", () -> Eventually.leases() == 1);
        rename();
        Eventually.await("it waits again", () -> Eventually.leases() == 0 && Eventually.waiters() == 1);
        connect();

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=little"));
        assertThat(log(build), not(containsString("go to others")));
    }

    @Test
    public void anItemThatWaitsForAnExecutorOfTheOldNameFails() throws Exception {
        WorkflowRun busy = start(jenkins, "node('small') { semaphore 'busy' }");
        SemaphoreStep.waitForStart("busy/1", busy);
        WorkflowRun build = start(
                jenkins, "gpu(model: 'T4') { node('linux') { echo 'first'; node('linux') { error 'must not run' } } }");
        jenkins.waitForMessage("first", build);
        Eventually.await("its second node waits", () -> Queue.getInstance().getBuildableItems().size() == 1);
        rename();

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("Node small, which had the GPUs of this block, was removed"));
        busy.doKill();
        jenkins.waitForCompletion(busy);
    }

    @Test
    public void aRequestBoundToTheOldNameFailsAndSaysWhy() throws Exception {
        WorkflowRun holder = start(jenkins, "node('linux') { gpu { semaphore 'bound' } }");
        SemaphoreStep.waitForStart("bound/1", holder);
        WorkflowRun build = start(jenkins, "node('linux') { gpu { error 'must not run' } }");
        jenkins.waitForMessage("GPU lease: waiting on small", build);
        rename();

        jenkins.waitForCompletion(build);
        assertThat(log(build), containsString("Node small was removed"));
        assertThat(log(build), not(containsString("must not run")));
        holder.doKill();
        jenkins.waitForCompletion(holder);
    }
}
