package io.jenkins.plugins.gpulease.pipeline;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static io.jenkins.plugins.gpulease.Builds.succeed;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.model.Queue;
import hudson.model.Result;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** A block around {@code node} that has to wait, that can't be served, or that ends before its time. */
public class GpuAroundNodeWaitTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule JENKINS = new ThreeAgents();

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNothingLeft();
    }

    // ---- waiting

    @Test
    public void whoWaitsForGpusHoldsNoExecutorAndSaysWhoHasThem() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('big') { gpu(count: 4) { semaphore 'gpus' } }");
        SemaphoreStep.waitForStart("gpus/1", holder);
        WorkflowRun build = start(JENKINS, "gpu(model: 'H100') { node('linux') { echo \"on=${env.NODE_NAME}\" } }");

        JENKINS.waitForMessage("GPU lease: waiting on any node that may run it", build);
        JENKINS.waitForMessage("held by " + holder.getFullDisplayName() + " (4)", build);
        assertEquals(1, JENKINS.jenkins.getComputer("big").countBusy());
        String why = item().getWhy();
        assertThat(why, containsString("Waiting for GPUs: 1 GPU with model 'H100' asked"));
        assertThat(why, containsString("0 of 4 suitable GPUs idle; 4 held"));
        assertThat(why, not(containsString(holder.getFullDisplayName())));
        assertThat(why, containsString("Place 1 of 1"));
        assertThat(log(build), not(containsString("on=")));

        SemaphoreStep.success("gpus/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("on=big"));
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void whoWaitsForAnExecutorHoldsNoGpus() throws Exception {
        WorkflowRun busy = start(JENKINS, "node('lonely') { semaphore 'executor' }");
        SemaphoreStep.waitForStart("executor/1", busy);
        WorkflowRun build = start(JENKINS, "gpu { node('lonely') { echo 'body' } }");

        Eventually.await("it waits", () -> Eventually.waiters() == 1);
        JENKINS.waitForMessage("no executor idle", build);
        assertEquals(0, Eventually.leases());

        SemaphoreStep.success("executor/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
        JENKINS.waitForCompletion(busy);
    }

    @Test
    public void aTimeoutFailsTheBlock() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('lonely') { gpu { semaphore 'timeout' } }");
        SemaphoreStep.waitForStart("timeout/1", holder);

        WorkflowRun build = fails("gpu(model: 'T4', timeout: '1s') { node { error 'must not run' } }");

        assertThat(log(build), containsString("ERROR: Waited 1.0 s for 1 GPU with model 'T4' on any node"));
        SemaphoreStep.success("timeout/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void whoWouldHaveToWaitMaySkip() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('lonely') { gpu { semaphore 'skip' } }");
        SemaphoreStep.waitForStart("skip/1", holder);

        WorkflowRun build = succeed(
                JENKINS,
                "def x = gpu(model: 'T4', skipIfBusy: true) { node { error 'must not run' }; 'value' }; echo \"x=$x\"");

        assertThat(log(build), containsString("GPU lease: block skipped (skipIfBusy): "));
        assertThat(log(build), containsString("x=null"));
        SemaphoreStep.success("skip/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void whatNoNodeCanEverGiveFailsAtOnceAndNamesTheClosest() throws Exception {
        WorkflowRun build = fails("gpu(count: 3, model: 'A100') { node('linux') { error 'must not run' } }");

        assertThat(log(build), containsString("None of the 2 nodes that may be used suffices; closest: small"));
    }

    @Test
    public void aNodeWithAnotherLabelThanTheFirstOneIsAnError() throws Exception {
        WorkflowRun build = fails("gpu { node('cheap') { echo 'first' }; node('fast') { error 'must not run' } }");

        assertThat(log(build), containsString("first"));
        assertThat(log(build), containsString("The GPUs of this block are on small, which this label does not allow"));
    }

    @Test
    public void aBlockDirectlyInAnotherOneTellsTheCure() throws Exception {
        WorkflowRun build = fails("gpu { gpu { node { error 'must not run' } } }");

        assertThat(log(build), containsString("ERROR: gpu directly inside another gpu block"));
    }

    @Test
    public void whatFailsInTheBlockMayBeCaughtThere() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                gpu(count: 3, model: 'A100') {
                  try { node('linux') { error 'must not run' } } catch (e) { echo "caught=${e.message}" }
                }
                """);

        assertThat(log(build), containsString("caught=None of the 2 nodes"));
    }

    // ---- ends

    @Test
    public void anAbortedBuildLeavesTheQueueAndTheOrder() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('lonely') { gpu { semaphore 'abort' } }");
        SemaphoreStep.waitForStart("abort/1", holder);
        WorkflowRun build = start(JENKINS, "gpu(model: 'T4') { node { error 'must not run' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        build.doStop();

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        Eventually.await("it waits no more", () -> Eventually.waiters() == 0);
        SemaphoreStep.success("abort/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void aCancelledItemEndsTheWait() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('lonely') { gpu { semaphore 'cancel' } }");
        SemaphoreStep.waitForStart("cancel/1", holder);
        WorkflowRun build = start(JENKINS, "gpu(model: 'T4') { node { error 'must not run' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        assertTrue(Queue.getInstance().cancel(item()));

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        Eventually.await("it waits no more", () -> Eventually.waiters() == 0);
        SemaphoreStep.success("cancel/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void aKilledBuildLeavesTheQueueAndTheOrder() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('lonely') { gpu { semaphore 'kill' } }");
        SemaphoreStep.waitForStart("kill/1", holder);
        WorkflowRun build = start(JENKINS, "gpu(model: 'T4') { node { error 'must not run' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        build.doKill();

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        Eventually.await("it waits no more", () -> Eventually.waiters() == 0);
        assertTrue("its block is known no more", QueuedBlocks.get().isEmpty());
        SemaphoreStep.success("kill/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void aBuildThatIsKilledInItsNodeHoldsNothing() throws Exception {
        WorkflowRun build = start(JENKINS, "gpu(model: 'A100') { node { semaphore 'kill-body' } }");
        SemaphoreStep.waitForStart("kill-body/1", build);
        assertEquals(1, Eventually.leases());

        build.doKill();

        JENKINS.waitForCompletion(build);
        Eventually.await("its lease is gone", () -> Eventually.leases() == 0);
    }

    @Test
    public void whenTheBranchThatAskedIsGoneAnotherOneAsks() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('lonely') { gpu { semaphore 'branches' } }");
        SemaphoreStep.waitForStart("branches/1", holder);
        WorkflowRun build = start(
                JENKINS,
                """
                gpu(count: 1, model: 'T4|A100') {
                  parallel a: { try { node('lonely') { error 'must not run' } } catch (e) { } },
                           b: { semaphore 'second'; node('cheap') { echo "on=${env.GPU_NODE}" } }
                }
                """);
        Eventually.await("the first one asks", () -> Eventually.waiters() == 1);
        Queue.Item first = item();
        SemaphoreStep.success("second/1", null);
        Eventually.await("both wait", () -> Queue.getInstance().getItems().length == 2);

        assertTrue(Queue.getInstance().cancel(first));

        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("on=small"));
        SemaphoreStep.success("branches/1", null);
        JENKINS.waitForCompletion(holder);
    }

    // ---- helpers

    private static Queue.Item item() throws Exception {
        Eventually.await("it can be built", () -> Queue.getInstance().getBuildableItems().size() == 1);
        Eventually.await("the queue knows why", () -> Queue.getInstance().getBuildableItems().get(0).getWhy() != null);
        return Queue.getInstance().getBuildableItems().get(0);
    }

    private static WorkflowRun fails(String script) throws Exception {
        WorkflowRun build = JENKINS.buildAndAssertStatus(Result.FAILURE, Builds.job(JENKINS, script));
        assertThat(log(build), not(containsString("must not run")));
        return build;
    }
}
