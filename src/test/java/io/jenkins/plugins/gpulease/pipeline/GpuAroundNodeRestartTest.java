package io.jenkins.plugins.gpulease.pipeline;

import static io.jenkins.plugins.gpulease.Builds.first;
import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.model.Queue;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
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
            jenkins.waitForMessage("GPU lease: Jenkins was restarted; asked again for 2 GPUs on any node", first(jenkins, "first"));

            SemaphoreStep.success("holder/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(jenkins, "holder")));
            for (String name : List.of("first", "second", "third")) {
                SemaphoreStep.waitForStart(name + "/1", first(jenkins, name));
                assertEquals(1, Eventually.leases());
                SemaphoreStep.success(name + "/1", null);
                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first(jenkins, name)));
                assertThat(log(first(jenkins, name)), containsString("gpus=2"));
            }
            Eventually.awaitNothingLeft();
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
            WorkflowRun build = first(jenkins, "runs");
            jenkins.waitForMessage("GPU lease: Jenkins was restarted; still holding 1 GPU on built-in", build);
            assertEquals(before.get().id(), lease().id());
            assertEquals(before.get().uuids(), lease().uuids());
            SemaphoreStep.success("runs/1", null);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            assertThat(log(build), containsString("still=" + before.get().uuids().get(0)));
            assertThat(log(build), containsString("GPU lease: returned 1 GPU of built-in"));
            Eventually.awaitNothingLeft();
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
            WorkflowRun build = first(jenkins, "between");
            jenkins.waitForMessage("GPU lease: Jenkins was restarted; still holding 1 GPU on built-in", build);
            WorkflowRun other = start(jenkins, "other", "gpu(count: 2) { node { echo 'both' } }");
            Eventually.await("the other one waits", () -> Eventually.waiters() == 1);
            SemaphoreStep.success("between/1", null);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            assertThat(log(build), containsString("one=" + before.get().uuids().get(0)));
            assertThat(log(build), containsString("two=" + before.get().uuids().get(0)));
            assertThat(log(build), not(containsString("asked again")));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(other));
            Eventually.awaitNothingLeft();
        });
    }

    @Test
    public void theTimeoutOfWhoWaitsGoesOnCountingOverTheRestart() throws Throwable {
        List<Long> times = new ArrayList<>();
        sessions.then(jenkins -> {
            twoGpus(jenkins);
            WorkflowRun holder = start(jenkins, "holds", "node('built-in') { gpu(count: 2) { semaphore 'holds' } }");
            SemaphoreStep.waitForStart("holds/1", holder);
            WorkflowRun build = start(jenkins, "waits", "gpu(timeout: '1h') { node { echo 'body' } }");
            jenkins.waitForMessage("GPU lease: waiting on", build);
            times.add(stored(build, "waitsSinceMillis"));
            assertEquals(times.get(0).longValue(), stored(build, "askedAtMillis"));
        });
        sessions.then(jenkins -> {
            WorkflowRun build = first(jenkins, "waits");
            jenkins.waitForMessage("GPU lease: Jenkins was restarted; asked again for 1 GPU", build);
            assertEquals(times.get(0).longValue(), stored(build, "waitsSinceMillis"));
            assertEquals(times.get(0).longValue(), stored(build, "askedAtMillis"));
            SemaphoreStep.success("holds/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            jenkins.waitForCompletion(first(jenkins, "holds"));
            Eventually.awaitNothingLeft();
        });
    }

    @Test
    public void theTimeoutOfWhoAskedNoMoreBeforeTheRestartBeginsAnew() throws Throwable {
        List<Long> times = new ArrayList<>();
        sessions.then(jenkins -> {
            twoGpus(jenkins);
            WorkflowRun holder = start(jenkins, "keeps", "node('built-in') { gpu(count: 2) { semaphore 'keeps' } }");
            SemaphoreStep.waitForStart("keeps/1", holder);
            WorkflowRun build = start(
                    jenkins,
                    "asks-twice",
                    "gpu(timeout: '1h') { try { node { echo 'x' } } catch (e) { }; semaphore 'twice'; node { echo 'body' } }");
            Eventually.await("it waits", () -> Queue.getInstance().getBuildableItems().size() == 1 && Eventually.waiters() == 1);
            times.add(stored(build, "askedAtMillis"));
            Queue.getInstance().cancel(Queue.getInstance().getBuildableItems().get(0));
            SemaphoreStep.waitForStart("twice/1", build);
            Eventually.await("it asks no more", () -> stored(build, "waitsSinceMillis") == 0);
        });
        sessions.then(jenkins -> {
            WorkflowRun build = first(jenkins, "asks-twice");
            long restarted = System.currentTimeMillis();
            SemaphoreStep.success("twice/1", null);
            jenkins.waitForMessage("GPU lease: Jenkins was restarted; asked again for 1 GPU", build);
            assertEquals("its place is the old one", times.get(0).longValue(), stored(build, "askedAtMillis"));
            assertTrue(stored(build, "waitsSinceMillis") >= restarted);
            SemaphoreStep.success("keeps/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            jenkins.waitForCompletion(first(jenkins, "keeps"));
            Eventually.awaitNothingLeft();
        });
    }

    /** What a block stores with its Pipeline. */
    private static long stored(WorkflowRun build, String field) throws Exception {
        for (StepExecution step : build.getExecution().getCurrentExecutions(false).get(60, TimeUnit.SECONDS)) {
            if (step instanceof OutsideBlockExecution) {
                Field stored = OutsideBlockExecution.class.getDeclaredField(field);
                stored.setAccessible(true);
                return stored.getLong(step);
            }
        }
        throw new AssertionError("No block in\n" + log(build));
    }

    @Test
    public void beforeItsFirstNodeABlockAsksForNothingAndGoesOn() throws Throwable {
        sessions.then(jenkins -> {
            twoGpus(jenkins);
            WorkflowRun build = start(jenkins, "before", "gpu { semaphore 'before'; node { echo \"gpus=${env.GPU_COUNT}\" } }");
            SemaphoreStep.waitForStart("before/1", build);
        });
        sessions.then(jenkins -> {
            WorkflowRun build = first(jenkins, "before");
            SemaphoreStep.success("before/1", null);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            assertThat(log(build), containsString("gpus=1"));
            Eventually.awaitNothingLeft();
        });
    }

    private static void twoGpus(JenkinsRule jenkins) throws Exception {
        GpuTestNodes.simulateBuiltIn(jenkins, "2xH100:80GB");
        jenkins.jenkins.setNumExecutors(8);
    }

    private static Lease lease() throws Exception {
        Eventually.await("there is a lease", () -> Eventually.leases() == 1);
        return GpuTestNodes.view(jenkins.model.Jenkins.get()).leases().get(0);
    }
}
