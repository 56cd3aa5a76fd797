package io.jenkins.plugins.gpulease.queue;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;

import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Slave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Items that don't start where their GPUs were granted. */
public class DeclinedStartTest {

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    private Refusals refusals;
    private Slave small;

    @Before
    public void twoAgents() throws Exception {
        refusals = Refusals.begin();
        small = GpuTestNodes.simulatedAgent(jenkins, "small", "1xT4:16GB", "linux", 1);
        GpuTestNodes.simulatedAgent(jenkins, "large", "1xH100:80GB", "linux", 1);
        StartWatch.setPatience(Duration.ofMillis(300));
    }

    @After
    public void nothingIsLeft() throws Exception {
        StartWatch.setPatience(Duration.ofSeconds(10));
        Eventually.awaitNothingLeft();
    }

    private WorkflowRun build() throws Exception {
        return start(jenkins, "gpu { node('linux') { echo \"on=${env.NODE_NAME} with=${env.GPU_NODE}\" } }");
    }

    @Test
    public void whatAnotherPluginRefusesGetsGpusElsewhere() throws Exception {
        refusals.refuse("small");
        WorkflowRun build = build();

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("GPU lease: 1 GPU of small go to others, because nothing started there within 0.3 s: "
                + "something other than GPUs keeps it from starting there; waiting on at the old place"));
        assertThat(log(build), containsString("on=large with=large"));
    }

    @Test
    public void whatIsRefusedEverywhereHoldsNothingAndSaysWhy() throws Exception {
        refusals.refuse("small");
        refusals.refuse("large");
        WorkflowRun build = build();

        jenkins.waitForMessage("GPU lease: 1 GPU of large go to others", build);
        Eventually.await("both are left out", () -> Eventually.leases() == 0 && Eventually.waiters() == 1);
        jenkins.waitForMessage("left out for a while: nothing started there within 0.3 s", build);
        assertEquals("it is told once", 2, log(build).split("GPU of large go to others", -1).length);
        assertThat(log(build), not(containsString("on=")));
        build.doStop();
        jenkins.waitForCompletion(build);
    }

    @Test
    public void anAgentThatGoesOfflineBeforeTheStartIsLeftOut() throws Exception {
        refusals.refuse("small");
        WorkflowRun build = build();
        Eventually.await("it has its GPU", () -> Eventually.leases() == 1);
        small.toComputer().disconnect(new OfflineCause.ByCLI("test")).get(60, TimeUnit.SECONDS);
        refusals.allow("small");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("within 0.3 s: it is offline"));
        assertThat(log(build), containsString("on=large with=large"));
    }

    @Test
    public void whatIsRefusedForAMomentOnlyStartsWhereItsGpusAre() throws Exception {
        StartWatch.setPatience(Duration.ofMinutes(5));
        refusals.refuse("small");
        WorkflowRun build = build();
        Eventually.await("it has its GPU", () -> Eventually.leases() == 1);
        assertThat(log(build), not(containsString("on=")));
        refusals.allow("small");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=small with=small"));
        assertThat(log(build), not(containsString("go to others")));
    }

    @Test
    public void aGrantThatIsCancelledGoesBack() throws Exception {
        StartWatch.setPatience(Duration.ofMinutes(5));
        refusals.refuse("small");
        WorkflowRun build = build();
        Eventually.await("it has its GPU", () -> Eventually.leases() == 1);

        build.doStop();
        jenkins.waitForCompletion(build);
        Eventually.await("it goes back", () -> Eventually.leases() == 0);
    }

    /** As a person may do who releases it, or the safety net. */
    @Test
    public void aGrantThatIsTakenAwayFailsTheBlockInsteadOfLeavingItHanging() throws Exception {
        refusals.refuse("small");
        refusals.refuse("large");
        WorkflowRun build = start(jenkins, "gpu(model: 'T4') { node('linux') { error 'must not run' } }");
        Eventually.await("it has its GPU", () -> Eventually.leases() == 1);
        Lease lease = GpuTestNodes.view(small).leases().get(0);
        BuildLeases.end(lease.id(), lease.holder());

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("Its GPUs were taken back before anything started with them"));
        assertThat(log(build), not(containsString("must not run")));
    }

    @Test
    public void aTimeoutEndsAGrantWithWhichNothingStarts() throws Exception {
        StartWatch.setPatience(Duration.ofMinutes(5));
        refusals.refuse("small");
        WorkflowRun build = start(jenkins, "gpu(model: 'T4', timeout: '2s') { node('linux') { error 'must not run' } }");

        jenkins.waitForCompletion(build);
        assertThat(log(build), containsString("Waited 2.0 s for 1 GPU with model 'T4'"));
        assertThat(log(build), containsString("it has 1 GPU of small, and starts there as soon as an executor is idle"));
        assertThat(log(build), not(containsString("must not run")));
    }

    @Test
    public void whatAnotherPluginBlocksHoldsNothingUntilThatIsOver() throws Exception {
        WorkflowRun hog = start(jenkins, "node('small') { gpu { semaphore 'hog' } }");
        SemaphoreStep.waitForStart("hog/1", hog);
        WorkflowRun build = start(jenkins, "gpu(model: 'T4') { node('linux') { echo \"on=${env.NODE_NAME}\" } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        refusals.block(true);
        Eventually.await("it asks no more", () -> Eventually.waiters() == 0);
        SemaphoreStep.success("hog/1", null);
        jenkins.waitForCompletion(hog);
        Queue.getInstance().maintain();
        assertEquals(0, Eventually.leases());
        assertEquals(0, Eventually.waiters());
        refusals.block(false);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=small"));
        assertThat(log(build), not(containsString("go to others")));
        assertEquals("it is told once", 2, log(build).split("GPU lease: asked for", -1).length);
    }

    /** Builds that have the executor take the GPU, one after the other; the fifth finds it kept. */
    @Test
    public void whoWasOvertakenTooOftenHasItsGpusBeforeItsExecutor() throws Exception {
        WorkflowRun hog = start(
                jenkins, "node('small') { semaphore 'begin'; for (int i = 0; i < 4; i++) { gpu { echo 'x' } }; semaphore 'end' }");
        SemaphoreStep.waitForStart("begin/1", hog);
        WorkflowRun build = start(jenkins, "gpu(model: 'T4') { node('linux') { echo \"on=${env.NODE_NAME}\" } }");
        jenkins.waitForMessage("no executor idle", build);
        SemaphoreStep.success("begin/1", null);
        SemaphoreStep.waitForStart("end/1", hog);

        Eventually.await("it has its GPU", () -> GpuTestNodes.view(small).leases().size() == 1);
        Eventually.await("it is beyond its patience", () -> Queue.getInstance().getBuildableItems().size() == 1
                && Queue.getInstance().getBuildableItems().get(0).getWhy().contains("as soon as an executor is idle"));
        String lease = GpuTestNodes.view(small).leases().get(0).id();
        assertEquals(true, GpuLeases.get().table().mayWaitForRoom(lease));
        SemaphoreStep.success("end/1", null);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=small"));
        assertThat(log(build), not(containsString("go to others")));
        jenkins.waitForCompletion(hog);
    }

    /** It may have the executor that the other one waits for. */
    @Test
    public void aBuildThatHasTheExecutorAndWantsTheGpuIsLetBy() throws Exception {
        WorkflowRun hog = start(
                jenkins,
                "node('small') { semaphore 'first'; for (int i = 0; i < 4; i++) { gpu { echo 'x' } }; semaphore 'then'; gpu { echo 'served' } }");
        SemaphoreStep.waitForStart("first/1", hog);
        WorkflowRun build = start(jenkins, "gpu(model: 'T4') { node('linux') { echo \"on=${env.NODE_NAME}\" } }");
        jenkins.waitForMessage("no executor idle", build);
        SemaphoreStep.success("first/1", null);
        SemaphoreStep.waitForStart("then/1", hog);
        Eventually.await("it has its GPU", () -> GpuTestNodes.view(small).leases().size() == 1);
        SemaphoreStep.success("then/1", null);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(hog));
        assertThat(log(hog), containsString("served"));
        assertThat(log(build), containsString("GPU lease: 1 GPU of small go to others"));
        build.doStop();
        jenkins.waitForCompletion(build);
    }
}
