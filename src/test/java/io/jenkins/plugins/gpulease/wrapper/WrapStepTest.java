package io.jenkins.plugins.gpulease.wrapper;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static io.jenkins.plugins.gpulease.Builds.succeed;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.model.Result;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** The wrapper of freestyle builds as a step of a Pipeline: GPUs of the node around it. */
public class WrapStepTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @BeforeClass
    public static void theBuiltInNodeHasTwoGpus() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xH100:80GB");
        JENKINS.jenkins.setNumExecutors(4);
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    @Test
    public void whatIsWrappedHasGpusOfItsNode() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                node {
                  wrap([$class: 'GpuBuildWrapper', count: 2]) { echo "inside=${env.GPU_COUNT}"; sh 'echo "shell=$CUDA_VISIBLE_DEVICES"' }
                  echo "after=${env.GPU_COUNT}"
                }
                """);

        assertThat(log(build), containsString("GPU lease: asked for 2 GPUs on built-in"));
        assertThat(log(build), containsString("inside=2"));
        assertThat(log(build), containsString("shell=GPU-"));
        assertThat(log(build), containsString("after=null"));
        assertThat(log(build), containsString("GPU lease: returned 2 GPUs of built-in"));
        assertTrue(build.getAction(GpuLeasesAction.class).getLeases().stream().noneMatch(lease -> lease.isHeld()));
    }

    @Test
    public void insideAGpuBlockItTakesItsGpusOutOfThatOnes() throws Exception {
        WorkflowRun build = succeed(
                JENKINS, "node { gpu(count: 2) { wrap([$class: 'GpuBuildWrapper']) { echo \"inner=${env.GPU_COUNT}\" } } }");

        assertThat(log(build), containsString("GPU lease: asked for 1 GPU out of the enclosing lease on built-in"));
        assertThat(log(build), containsString("inner=1"));
    }

    @Test
    public void whoIsAbortedWhileItWaitsLeavesTheOrder() throws Exception {
        WorkflowRun holder = start(JENKINS, "node { gpu(count: 2) { semaphore 'abort' } }");
        SemaphoreStep.waitForStart("abort/1", holder);
        WorkflowRun build = start(JENKINS, "node { wrap([$class: 'GpuBuildWrapper']) { error 'must not run' } }");
        JENKINS.waitForMessage("GPU lease: waiting on built-in", build);

        build.getExecutor().interrupt();

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        assertEquals(0, Eventually.waiters());
        SemaphoreStep.success("abort/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void whoDoesntWantToWaitIsLeftOut() throws Exception {
        WorkflowRun holder = start(JENKINS, "node { gpu(count: 2) { semaphore 'skip' } }");
        SemaphoreStep.waitForStart("skip/1", holder);

        WorkflowRun build = start(
                JENKINS, "node { wrap([$class: 'GpuBuildWrapper', skipIfBusy: true]) { error 'must not run' } }");

        JENKINS.assertBuildStatus(Result.NOT_BUILT, JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("GPU lease: skipped (skipIfBusy)"));
        SemaphoreStep.success("skip/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void whatItsNodeCanNeverSatisfyFails() throws Exception {
        WorkflowRun build = start(JENKINS, "node { wrap([$class: 'GpuBuildWrapper', count: 3]) { error 'must not run' } }");

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("built-in has 2 GPUs, 3 GPUs asked"));
        assertThat(log(build), not(containsString("must not run")));
    }

    @Test
    public void itHasNoGpusOfANodeThatOnlyItsEnvironmentNames() throws Exception {
        DumbSlave other = GpuTestNodes.simulatedAgent(JENKINS, "other", "2xT4:16GB");

        WorkflowRun build = start(
                JENKINS,
                "node('built-in') { withEnv(['NODE_NAME=other']) { wrap([$class: 'GpuBuildWrapper']) { error 'must not run' } } }");

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("There is no node around the GPU lease"));
        assertThat(log(build), not(containsString("must not run")));
        JENKINS.jenkins.removeNode(other);
    }

    @Test
    public void withoutANodeAroundItSaysSo() throws Exception {
        WorkflowRun build = start(JENKINS, "wrap([$class: 'GpuBuildWrapper']) { error 'must not run' }");

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("There is no node around the GPU lease"));
    }
}
