package io.jenkins.plugins.gpulease.pipeline;

import static io.jenkins.plugins.gpulease.Builds.log;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;

import hudson.model.Queue;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** Blocks around {@code node} over an orderly restart of the controller. */
public class GpuAroundNodeRestartTest {

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    private final AtomicReference<Lease> before = new AtomicReference<>();

    @Test
    public void itemsInTheQueueWaitOnInTheirOldOrder() throws Throwable {
        sessions.then(jenkins -> {
            twoGpus(jenkins);
            WorkflowRun holder = start(jenkins, "holder", "node('built-in') { gpu(count: 2) { semaphore 'holder' } }");
            SemaphoreStep.waitForStart("holder/1", holder);
            for (String name : List.of("first", "second", "third")) {
                WorkflowRun waiter = start(jenkins, name, "gpu(count: 2) { node { echo \"gpus=${env.GPU_COUNT}\"; semaphore '" + name + "' } }");
                jenkins.waitForMessage("GPU lease: waiting on", waiter);
            }
        });
        sessions.then(jenkins -> {
            Eventually.await("all wait again", () -> Eventually.waiters() == 3 && Queue.getInstance().getItems().length == 3);
            assertEquals(List.of("first #1", "second #1", "third #1"), GpuLeases.get().table().floating().stream()
                    .map(waiter -> waiter.request().holder().name())
                    .toList());
            jenkins.waitForMessage("GPU lease: Jenkins was restarted; asked again for 2 GPUs on any node", build(jenkins, "first"));

            SemaphoreStep.success("holder/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, "holder")));
            for (String name : List.of("first", "second", "third")) {
                SemaphoreStep.waitForStart(name + "/1", build(jenkins, name));
                assertEquals(1, Eventually.leases());
                SemaphoreStep.success(name + "/1", null);
                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, name)));
                assertThat(log(build(jenkins, name)), containsString("gpus=2"));
            }
            nothingIsLeft();
        });
    }

    @Test
    public void aBodyThatRunsGoesOnWithItsGpus() throws Throwable {
        sessions.then(jenkins -> {
            twoGpus(jenkins);
            WorkflowRun build = start(jenkins, "runs", "gpu { node { semaphore 'runs'; echo \"still=${env.GPU_UUIDS}\" } }");
            SemaphoreStep.waitForStart("runs/1", build);
            before.set(lease());
        });
        sessions.then(jenkins -> {
            WorkflowRun build = build(jenkins, "runs");
            jenkins.waitForMessage("GPU lease: Jenkins was restarted; still holding 1 GPU on built-in", build);
            assertEquals(before.get().id(), lease().id());
            assertEquals(before.get().uuids(), lease().uuids());
            SemaphoreStep.success("runs/1", null);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            assertThat(log(build), containsString("still=" + before.get().uuids().get(0)));
            assertThat(log(build), containsString("GPU lease: returned 1 GPU of built-in"));
            nothingIsLeft();
        });
    }

    @Test
    public void betweenTwoNodesTheBlockKeepsItsGpus() throws Throwable {
        sessions.then(jenkins -> {
            twoGpus(jenkins);
            WorkflowRun build = start(
                    jenkins,
                    "between",
                    "gpu { node { echo \"one=${env.GPU_UUIDS}\" }; semaphore 'between'; node { echo \"two=${env.GPU_UUIDS}\" } }");
            SemaphoreStep.waitForStart("between/1", build);
            before.set(lease());
        });
        sessions.then(jenkins -> {
            WorkflowRun build = build(jenkins, "between");
            jenkins.waitForMessage("GPU lease: Jenkins was restarted; still holding 1 GPU on built-in", build);
            WorkflowRun other = start(jenkins, "other", "gpu(count: 2) { node { echo 'both' } }");
            Eventually.await("the other one waits", () -> Eventually.waiters() == 1);
            SemaphoreStep.success("between/1", null);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            assertThat(log(build), containsString("one=" + before.get().uuids().get(0)));
            assertThat(log(build), containsString("two=" + before.get().uuids().get(0)));
            assertThat(log(build), not(containsString("asked again")));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(other));
            nothingIsLeft();
        });
    }

    @Test
    public void beforeItsFirstNodeABlockAsksForNothingAndGoesOn() throws Throwable {
        sessions.then(jenkins -> {
            twoGpus(jenkins);
            WorkflowRun build = start(jenkins, "before", "gpu { semaphore 'before'; node { echo \"gpus=${env.GPU_COUNT}\" } }");
            SemaphoreStep.waitForStart("before/1", build);
        });
        sessions.then(jenkins -> {
            WorkflowRun build = build(jenkins, "before");
            SemaphoreStep.success("before/1", null);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            assertThat(log(build), containsString("gpus=1"));
            nothingIsLeft();
        });
    }

    private static void nothingIsLeft() throws Exception {
        Eventually.awaitNoLeaseAndNoWaiter();
        Eventually.await("the queue is empty", () -> Queue.getInstance().getItems().length == 0);
    }

    private static void twoGpus(JenkinsRule jenkins) throws Exception {
        GpuTestNodes.simulateBuiltIn(jenkins, "2xH100:80GB");
        jenkins.jenkins.setNumExecutors(8);
    }

    private static Lease lease() throws Exception {
        Eventually.await("there is a lease", () -> Eventually.leases() == 1);
        return GpuTestNodes.view(jenkins.model.Jenkins.get()).leases().get(0);
    }

    private static WorkflowRun start(JenkinsRule jenkins, String name, String script) throws Exception {
        WorkflowJob job = Builds.job(jenkins, script);
        job.renameTo(name);
        return job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun build(JenkinsRule jenkins, String name) {
        return jenkins.jenkins.getItemByFullName(name, WorkflowJob.class).getBuildByNumber(1);
    }
}
