package io.jenkins.plugins.gpulease.queue;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Slave;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import java.time.Duration;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Nodes that are removed while a block around {@code node} has to do with them. */
public class NodeRemovalTest {

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    private Refusals refusals;
    private Slave small;

    @Before
    public void twoAgents() throws Exception {
        refusals = Refusals.begin();
        small = GpuTestNodes.simulatedAgent(jenkins, "small", "1xT4:16GB", "linux", 2);
        GpuTestNodes.simulatedAgent(jenkins, "large", "1xH100:80GB", "linux", 2);
    }

    @After
    public void nothingIsLeft() throws Exception {
        StartWatch.setPatience(Duration.ofSeconds(10));
        Eventually.awaitNothingLeft();
    }

    private void remove() throws Exception {
        jenkins.jenkins.removeNode(small);
    }

    @Test
    public void whoWaitsForTheOnlyNodeThatWouldSufficeFails() throws Exception {
        WorkflowRun holder = start(jenkins, "node('small') { gpu { semaphore 'waiting' } }");
        SemaphoreStep.waitForStart("waiting/1", holder);
        WorkflowRun build = start(jenkins, "gpu(model: 'T4') { node('linux') { error 'must not run' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);
        remove();

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("large has 1 GPU, none of them suits: 1 GPU with model 'T4' asked"));
        assertThat(log(build), not(containsString("must not run")));
        holder.doKill();
        jenkins.waitForCompletion(holder);
    }

    /** As agents do that register themselves: they are removed whenever they disconnect. */
    @Test
    public void whoseLastNodeIsRemovedWaitsUntilItComesBack() throws Exception {
        WorkflowRun holder = start(jenkins, "node('small') { gpu { semaphore 'gone' } }");
        SemaphoreStep.waitForStart("gone/1", holder);
        WorkflowRun build = start(jenkins, "gpu { node('small') { echo \"on=${env.NODE_NAME}\" } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);
        remove();
        SemaphoreStep.success("gone/1", null); // a hard kill would leave its executor busy
        jenkins.waitForCompletion(holder);

        jenkins.waitForMessage("all such nodes were removed; it waits until one of them, or another one, comes", build);
        GpuTestNodes.simulatedAgent(jenkins, "small", "1xT4:16GB", "linux", 2);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=small"));
    }

    @Test
    public void whoWasGrantedItsGpusGetsOthers() throws Exception {
        refusals.refuse("small");
        WorkflowRun build = start(jenkins, "gpu { node('linux') { echo \"on=${env.NODE_NAME}\" } }");
        Eventually.await("it has its GPU", () -> GpuTestNodes.view(small).leases().size() == 1);
        remove();

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=large"));
    }

    /** It had a GPU when that was granted to the item, which is still to start. */
    @Test
    public void aNodeThatComesBackWithoutItsGpusStartsNothing() throws Exception {
        StartWatch.setPatience(Duration.ofMinutes(5));
        WorkflowRun holder = start(jenkins, "node('large') { gpu { semaphore 'back' } }");
        SemaphoreStep.waitForStart("back/1", holder);
        refusals.refuse("small");
        WorkflowRun build = start(jenkins, "gpu { node('linux') { echo \"on=${env.NODE_NAME}\" } }");
        Eventually.await("it has its GPU", () -> Eventually.leases() == 2);
        remove();
        DumbSlave back = new DumbSlave("small", small.getRemoteFS(), jenkins.createComputerLauncher(null));
        back.setLabelString("linux");
        jenkins.jenkins.addNode(back);
        jenkins.waitOnline(back);
        refusals.allow("small");
        Queue.getInstance().maintain();
        SemaphoreStep.success("back/1", null);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=large"));
        jenkins.waitForCompletion(holder);
    }

    @Test
    public void theLeaseOfABodyThatRunsEndsAndTheBuildAsPipelineSays() throws Exception {
        WorkflowRun build = start(jenkins, "gpu(model: 'T4') { node('linux') { sh 'echo begun; sleep 600' } }");
        jenkins.waitForMessage("begun", build);
        small.toComputer().disconnect(null).get();
        remove();

        Eventually.await("its lease is gone", () -> Eventually.leases() == 0);
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("GPU lease: returned 1 GPU of small"));
    }

    @Test
    public void aNodeInTheBlockAfterThatFailsAndSaysWhy() throws Exception {
        WorkflowRun build = start(
                jenkins,
                "gpu(model: 'T4') { node('linux') { echo 'first' }; semaphore 'between'; node('linux') { error 'must not run' } }");
        SemaphoreStep.waitForStart("between/1", build);
        remove();
        SemaphoreStep.success("between/1", null);

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("Node small, which had the GPUs of this block, was removed"));
        assertThat(log(build), not(containsString("must not run")));
    }

    @Test
    public void anItemThatWaitsForAnExecutorThereFailsToo() throws Exception {
        WorkflowRun busy = start(jenkins, "node('small') { semaphore 'busy' }");
        SemaphoreStep.waitForStart("busy/1", busy);
        WorkflowRun build = start(
                jenkins,
                "gpu(model: 'T4') { node('linux') { echo 'first'; node('linux') { error 'must not run' } } }");
        jenkins.waitForMessage("first", build);
        Eventually.await("its second node waits", () -> Queue.getInstance().getItems().length == 1);
        remove();

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("Node small, which had the GPUs of this block, was removed"));
        busy.doKill();
        jenkins.waitForCompletion(busy);
    }
}
