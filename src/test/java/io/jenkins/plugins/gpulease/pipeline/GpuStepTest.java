package io.jenkins.plugins.gpulease.pipeline;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static io.jenkins.plugins.gpulease.Builds.succeed;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import hudson.model.Result;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.ScriptedCustodian;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** What a block does on one agent with four H100. */
public class GpuStepTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @BeforeClass
    public static void anAgentWithFourGpus() throws Exception {
        GpuTestNodes.simulatedAgent(JENKINS, "agent-1", "4xH100:80GB");
        GpuTestNodes.simulateBuiltIn(JENKINS, "1xT4:16GB");
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    // ---- granted

    @Test
    public void theBlockSeesItsGpusInTheEnvironment() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                node('agent-1') {
                  gpu(count: 2) {
                    sh 'echo "shell=$CUDA_VISIBLE_DEVICES order=$CUDA_DEVICE_ORDER count=$GPU_COUNT node=$GPU_NODE"'
                    echo "groovy=${env.CUDA_VISIBLE_DEVICES}"
                  }
                  echo "after=${env.CUDA_VISIBLE_DEVICES}"
                }
                """);

        assertThat(log(build), containsString("order=PCI_BUS_ID count=2 node=agent-1"));
        assertEquals(found(build, "shell=(\\S+)"), found(build, "groovy=(\\S+)"));
        assertTrue(found(build, "groovy=(\\S+)").matches("GPU-[^,]+,GPU-[^,]+"));
        assertThat(log(build), containsString("after=null"));
    }

    @Test
    public void theLogSaysWhatWasAskedGrantedAndReturned() throws Exception {
        WorkflowRun build = succeed(JENKINS, "node('agent-1') { gpu(count: 2, minMemory: '40 GB') { echo 'body' } }");

        String log = log(build);
        assertThat(log, containsString("GPU lease: asked for 2 GPUs with at least 40 GB on agent-1"));
        assertTrue(log, Pattern.compile("GPU lease: granted 2 GPUs on agent-1 after .*\n +GPU +Model +Memory .*UUID")
                .matcher(log).find());
        assertEquals(2, Pattern.compile("(?m)^ +\\d  .*H100.*GPU-").matcher(log).results().count());
        assertTrue(log.indexOf("granted") < log.indexOf("body") && log.indexOf("body") < log.indexOf("returned 2 GPUs of agent-1"));
    }

    @Test
    public void theStepReturnsWhatItsBlockReturns() throws Exception {
        assertThat(
                log(succeed(JENKINS, "node('agent-1') { def x = gpu { 40 + 2 }; echo \"x=$x\" }")), containsString("x=42"));
    }

    @Test
    public void whatCannotBeStoredMayBeReturnedOrThrown() throws Exception {
        WorkflowJob job = JENKINS.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(
                """
                class Unstorable extends Exception { def held = ('a' =~ /a/) }
                node('agent-1') {
                  gpu { return 'a' =~ /a/ }
                  try {
                    gpu { throw new Unstorable() }
                  } catch (Unstorable e) {
                    e = null
                    echo 'caught'
                  }
                }
                """,
                false));
        job.addProperty(new DurabilityHintJobProperty(FlowDurabilityHint.MAX_SURVIVABILITY));

        assertThat(log(JENKINS.buildAndAssertSuccess(job)), containsString("caught"));
    }

    @Test
    public void theBuiltInNodeIsLikeAnyOther() throws Exception {
        assertThat(
                log(succeed(JENKINS, "node('built-in') { gpu { echo \"on ${env.GPU_NODE}\" } }")),
                containsString("on built-in"));
    }

    @Test
    public void aWaitingBranchNamesTheBranchThatItWaitsFor() throws Exception {
        WorkflowRun build = start(
                JENKINS,
                """
                node('agent-1') {
                  parallel left: { gpu(count: 4) { semaphore 'branch-left' } },
                           right: { semaphore 'branch-right'; gpu { } }
                }
                """);
        SemaphoreStep.waitForStart("branch-left/1", build);
        SemaphoreStep.success("branch-right/1", null);

        JENKINS.waitForMessage("leased by " + build.getFullDisplayName() + " (left)", build);
        SemaphoreStep.success("branch-left/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
    }

    @Test
    public void parallelBranchesGetDifferentDevices() throws Exception {
        WorkflowRun build = start(
                JENKINS,
                """
                node('agent-1') {
                  parallel a: { gpu(count: 2) { echo "a=${env.GPU_UUIDS}"; semaphore 'branches-a' } },
                           b: { gpu(count: 2) { echo "b=${env.GPU_UUIDS}"; semaphore 'branches-b' } }
                }
                """);
        SemaphoreStep.waitForStart("branches-a/1", build);
        SemaphoreStep.waitForStart("branches-b/1", build);
        String a = found(build, "a=(GPU\\S+)");
        String b = found(build, "b=(GPU\\S+)");
        SemaphoreStep.success("branches-a/1", null);
        SemaphoreStep.success("branches-b/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));

        for (String uuid : a.split(",")) {
            assertThat(b, not(containsString(uuid)));
        }
    }

    @Test
    public void aThirdBuildWaitsSaysForWhomAndGetsWhatComesBack() throws Exception {
        WorkflowRun first = start(JENKINS, "node('agent-1') { gpu(count: 3) { semaphore 'third-first' } }");
        SemaphoreStep.waitForStart("third-first/1", first);
        WorkflowRun second = start(JENKINS, "node('agent-1') { gpu(count: 1) { semaphore 'third-second' } }");
        SemaphoreStep.waitForStart("third-second/1", second);

        WorkflowRun third = start(JENKINS, "node('agent-1') { gpu(count: 3) { echo 'mine' } }");
        JENKINS.waitForMessage("GPU lease: waiting on agent-1", third);
        JENKINS.waitForMessage("leased by " + first.getFullDisplayName(), third);
        JENKINS.waitForMessage("Place 1 of 1", third);
        assertThat(log(third), not(containsString("mine")));

        SemaphoreStep.success("third-first/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(third));
        assertThat(log(third), containsString("mine"));
        SemaphoreStep.success("third-second/1", null);
        JENKINS.waitForCompletion(first);
        JENKINS.waitForCompletion(second);
    }

    @Test
    public void theHolderInTheLogIsALinkToItsBuild() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('agent-1') { gpu(count: 4) { semaphore 'linked' } }");
        SemaphoreStep.waitForStart("linked/1", holder);
        WorkflowRun waiter = start(JENKINS, "node('agent-1') { gpu { } }");
        JENKINS.waitForMessage("leased by " + holder.getFullDisplayName(), waiter);

        SemaphoreStep.success("linked/1", null);
        JENKINS.waitForCompletion(waiter);
        JENKINS.waitForCompletion(holder);

        String html = JENKINS.createWebClient().getPage(waiter, "console").getWebResponse().getContentAsString();
        assertTrue(html, Pattern.compile("<a href='[^']*/" + Pattern.quote(holder.getUrl()) + "'").matcher(html).find());
    }

    // ---- ended before its time

    @Test
    public void aBuildThatIsAbortedWhileItWaitsLeavesTheOrder() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('agent-1') { gpu(count: 4) { semaphore 'abort-waiting' } }");
        SemaphoreStep.waitForStart("abort-waiting/1", holder);
        WorkflowRun waiter = start(JENKINS, "node('agent-1') { gpu { error 'must not run' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        waiter.getExecutor().interrupt();
        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(waiter));

        assertEquals(0, Eventually.waiters());
        SemaphoreStep.success("abort-waiting/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(holder));
    }

    @Test
    public void aBuildThatIsKilledWhileItWaitsLeavesNothingThatTicks() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('agent-1') { gpu(count: 4) { semaphore 'kill-waiting' } }");
        SemaphoreStep.waitForStart("kill-waiting/1", holder);
        WorkflowRun waiter = start(JENKINS, "node('agent-1') { gpu(timeout: '1h') { error 'must not run' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);
        GpuStepExecution block = block(waiter);
        assertTrue(block.isWaiting());

        waiter.doKill();
        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(waiter));

        Eventually.await("its watch has ended", () -> !block.isWaiting());
        SemaphoreStep.success("kill-waiting/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(holder));
    }

    @Test
    public void aBuildThatIsAbortedInItsBlockGivesItsGpusBack() throws Exception {
        WorkflowRun build = start(JENKINS, "node('agent-1') { gpu(count: 4) { semaphore 'abort-body' } }");
        SemaphoreStep.waitForStart("abort-body/1", build);

        build.getExecutor().interrupt();

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("GPU lease: returned 4 GPUs of agent-1"));
    }

    @Test
    public void aBlockThatFailsGivesItsGpusBackAndFailsTheBuild() throws Exception {
        WorkflowRun build = Builds.job(JENKINS, "node('agent-1') { gpu { error 'boom' } }").scheduleBuild2(0).get();

        JENKINS.assertBuildStatus(Result.FAILURE, build);
        assertThat(log(build), containsString("GPU lease: returned 1 GPU of agent-1"));
        assertThat(log(build), containsString("ERROR: boom"));
    }

    @Test
    public void aWaitEndsAtItsTimeoutAndSaysWhatItWaitedFor() throws Exception {
        WorkflowRun build = start(
                JENKINS,
                """
                node('agent-1') {
                  gpu(count: 4) { semaphore 'timeout' }
                }
                """);
        SemaphoreStep.waitForStart("timeout/1", build);
        WorkflowRun waiter = start(JENKINS, "node('agent-1') { gpu(count: 2, timeout: '1s') { error 'must not run' } }");

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(waiter));

        assertThat(log(waiter), containsString("ERROR: Waited 1.0 s for 2 GPUs on agent-1"));
        assertThat(log(waiter), containsString("leased by " + build.getFullDisplayName()));
        SemaphoreStep.success("timeout/1", null);
        JENKINS.waitForCompletion(build);
    }

    @Test
    public void aBlockThatSkipsIfBusyIsLeftOutAndReturnsNull() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('agent-1') { gpu(count: 4) { semaphore 'busy' } }");
        SemaphoreStep.waitForStart("busy/1", holder);

        WorkflowRun build = succeed(
                JENKINS, "node('agent-1') { def x = gpu(skipIfBusy: true) { error 'must not run' }; echo \"x=$x, gone on\" }");

        assertThat(log(build), containsString("GPU lease: block skipped (skipIfBusy): agent-1: 0 of 4 GPUs idle"));
        assertThat(log(build), containsString("x=null, gone on"));
        SemaphoreStep.success("busy/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void whatTheNodeCanNeverSatisfyFailsAtOnce() throws Exception {
        assertFails("node('agent-1') { gpu(count: 5) { } }", "agent-1 has 4 GPUs");
        assertFails("node('agent-1') { gpu(model: 'A100', skipIfBusy: true) { } }", "A100");
    }

    @Test
    public void badParametersAreToldByNameValueAndWhatIsAllowed() throws Exception {
        assertFails("node('agent-1') { gpu(count: 0) { } }", "ERROR: gpu: count is 0; allowed is 1 to 1024");
        assertFails("node('agent-1') { gpu(minMemory: '16') { } }", "ERROR: gpu: minMemory '16' has no unit");
        assertFails("node('agent-1') { gpu(timeout: 'soon') { } }", "ERROR: gpu: timeout 'soon' is not a time");
    }

    @Test
    public void allGpusAndConnectedGpusCanBeAskedFor() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                def two = 2
                node('agent-1') {
                  gpu(count: 'all') { echo "all=${env.GPU_COUNT}" }
                  gpu(count: "${two}", topology: 'required') { echo "some=${env.GPU_COUNT}" }
                }
                """);

        assertThat(log(build), containsString("asked for all GPUs on agent-1"));
        assertThat(log(build), containsString("all=4"));
        assertThat(log(build), containsString("some=2"));
        assertFails("node('agent-1') { gpu(count: 'many') { } }", "ERROR: gpu: count 'many' is not a whole number; allowed is 1 to 1024, or 'all'");
        assertFails("node('agent-1') { gpu(topology: 'near') { } }", "ERROR: gpu: topology 'near' is not known");
        assertFails("node('agent-1') { gpu(mig: '1g.10gb') { } }", "agent-1 has no MIG instances");
    }

    @Test
    public void withoutABlockThereIsAnError() throws Exception {
        assertFails("node('agent-1') { gpu() }", "gpu step must be called with a body");
    }

    // ---- nested

    @Test
    public void nestedBlocksSplitWhatTheirParentHolds() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                node('agent-1') {
                  gpu(count: 4) {
                    echo "all=${env.GPU_UUIDS}"
                    parallel a: { gpu(count: 2) { echo "a=${env.GPU_UUIDS}"; sleep 1 } },
                             b: { gpu(count: 2) { echo "b=${env.GPU_UUIDS}"; sleep 1 } }
                    echo "again=${env.GPU_UUIDS}"
                  }
                }
                """);

        String all = found(build, "all=(GPU\\S+)");
        String a = found(build, "a=(GPU\\S+)");
        String b = found(build, "b=(GPU\\S+)");
        assertNotEquals(a, b);
        for (String uuid : (a + "," + b).split(",")) {
            assertThat(all, containsString(uuid));
        }
        assertEquals(all, found(build, "again=(GPU\\S+)"));
        assertThat(log(build), containsString("asked for 2 GPUs out of the enclosing lease on agent-1"));
    }

    @Test
    public void aNestedBlockThatAsksForMoreThanItsParentHasFailsAtOnce() throws Exception {
        assertFails("node('agent-1') { gpu(count: 2) { gpu(count: 3) { } } }", "3 GPUs");
    }

    @Test
    public void aNestedBlockOnAnotherNodeTakesItsGpusThere() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                node('agent-1') {
                  gpu(count: 4) {
                    node('built-in') { gpu { echo "model=${env.GPU_MODEL}" } }
                    gpu { echo "inner=${env.GPU_MODEL}" }
                  }
                }
                """);

        assertThat(log(build), containsString("model=Simulated NVIDIA T4"));
        assertThat(log(build), containsString("inner=Simulated NVIDIA H100"));
    }

    // ---- what comes back

    @Test
    public void aGpuThatIsLostInTheBlockIsWorthARetry() throws Exception {
        try (ScriptedCustodian custodian = new ScriptedCustodian(
                lease -> new Returned(ScriptedCustodian.all(lease, Verdict.sick("fell off the bus")), LeaseUsage.UNKNOWN))) {
            WorkflowRun build = succeed(
                    JENKINS,
                    """
                    int round = 0
                    retry(count: 2, conditions: [agent()]) {
                      node('built-in') {
                        round++
                        if (round == 1) {
                          gpu { error 'CUDA error' }
                        }
                      }
                    }
                    echo "rounds=$round"
                    """);

            assertThat(log(build), containsString("rounds=2"));
            assertThat(log(build), containsString("fell off the bus"));
            assertThat(log(build), containsString("CUDA error"));
        } finally {
            GpuTestNodes.awaitDiscovery(JENKINS.jenkins);
        }
    }

    // ---- help

    private static GpuStepExecution block(WorkflowRun build) throws Exception {
        for (StepExecution step : build.getExecution().getCurrentExecutions(true).get(30, TimeUnit.SECONDS)) {
            if (step instanceof GpuStepExecution block) {
                return block;
            }
        }
        throw new AssertionError("No gpu block runs in " + build);
    }

    private static void assertFails(String script, String message) throws Exception {
        WorkflowRun build = Builds.job(JENKINS, script).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, build);
        assertThat(log(build), containsString(message));
    }

    private static String found(WorkflowRun build, String pattern) throws Exception {
        Matcher matcher = Pattern.compile("(?m)^(?:\\[[ab]\\] )?" + pattern).matcher(log(build));
        assertTrue(pattern + " not in " + log(build), matcher.find());
        return matcher.group(1);
    }
}
