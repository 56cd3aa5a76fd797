package io.jenkins.plugins.gpulease.pipeline;

import static io.jenkins.plugins.gpulease.Builds.log;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.model.Result;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.ScriptedCustodian;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** Blocks over an orderly restart of the controller. */
public class GpuStepRestartTest {

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Test
    public void blocksThatHoldAndBlocksThatWaitGoOn() throws Throwable {
        AtomicReference<Lease> before = new AtomicReference<>();
        sessions.then(jenkins -> {
            GpuTestNodes.simulateBuiltIn(jenkins, "2xH100:80GB");
            jenkins.jenkins.setNumExecutors(8);
            WorkflowRun holder = start(
                    jenkins, "holder", "gpu(count: 1) { semaphore 'holder'; echo \"still=${env.CUDA_VISIBLE_DEVICES}\" }");
            SemaphoreStep.waitForStart("holder/1", holder);
            before.set(leases().get(0));
            WorkflowRun overdue = start(jenkins, "overdue", "gpu(count: 2, timeout: '5s') { }");
            jenkins.waitForMessage("GPU lease: waiting on", overdue);
            for (String name : List.of("first", "second", "third")) {
                WorkflowRun waiter = start(jenkins, name, "gpu(count: 2) { echo 'body of " + name + "'; semaphore '" + name + "' }");
                jenkins.waitForMessage("GPU lease: waiting on", waiter);
            }
        });
        sessions.then(jenkins -> {
            WorkflowRun holder = build(jenkins, "holder");
            jenkins.waitForMessage("Jenkins was restarted; still holding 1 GPU on built-in", holder);
            assertEquals(before.get().id(), leases().get(0).id());
            assertEquals(before.get().uuids(), leases().get(0).uuids());
            jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build(jenkins, "overdue")));
            assertThat(log(build(jenkins, "overdue")), containsString("Waited 5.0 s for 2 GPUs on built-in"));
            Eventually.await("three wait again", () -> Eventually.waiters() == 3);

            SemaphoreStep.success("holder/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(holder));
            assertThat(log(holder), containsString("still=" + before.get().uuids().get(0)));
            for (String name : List.of("first", "second", "third")) {
                SemaphoreStep.waitForStart(name + "/1", build(jenkins, name));
                SemaphoreStep.success(name + "/1", null);
                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, name)));
            }
            Eventually.awaitNoLeaseAndNoWaiter();
        });
    }

    @Test
    public void nestedLeasesAndDevicesOnTheirWayBackSurvive() throws Throwable {
        CountDownLatch never = new CountDownLatch(1);
        sessions.then(jenkins -> {
            GpuTestNodes.simulateBuiltIn(jenkins, "4xH100:80GB");
            jenkins.jenkins.setNumExecutors(8);
            WorkflowRun nested = start(
                    jenkins, "nested", "gpu(count: 2) { gpu { semaphore 'nested' }; gpu(count: 2) { echo 'both again' } }");
            SemaphoreStep.waitForStart("nested/1", nested);
            new ScriptedCustodian(lease -> {
                await(never);
                return ScriptedCustodian.clean(lease);
            });
            WorkflowRun returning = start(jenkins, "returning", "def x = gpu { echo 'body'; 'value' }; echo \"x=$x\"");
            Eventually.await("its lease is gone", () -> log(returning).contains("body") && Eventually.leases() == 2);
            assertThat(log(returning), not(containsString("x=value")));
        });
        never.countDown();
        sessions.then(jenkins -> {
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, "returning")));
            assertThat(log(build(jenkins, "returning")), containsString("x=value"));
            assertThat(log(build(jenkins, "returning")), containsString("restarted while 1 GPU of built-in came back"));
            assertFalse(build(jenkins, "returning").getAction(GpuLeasesAction.class).getLeases().get(0).isHeld());
            jenkins.waitForMessage("Jenkins was restarted; still holding 2 GPUs", build(jenkins, "nested"));
            Eventually.await("both leases are back", () -> Eventually.leases() == 2);
            assertTrue(leases().stream().anyMatch(Lease::isSubLease));
            SemaphoreStep.success("nested/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, "nested")));
            assertThat(log(build(jenkins, "nested")), containsString("both again"));
            Eventually.awaitNoLeaseAndNoWaiter();
        });
    }

    @Test
    public void sharedLeasesAreTakenUpWithTheirBudgets() throws Throwable {
        sessions.then(jenkins -> {
            GpuTestNodes.simulateBuiltIn(jenkins, "1xT4:16GB");
            jenkins.jenkins.setNumExecutors(8);
            for (String name : List.of("left", "right")) {
                WorkflowRun build = start(jenkins, name, "gpu(minMemory: '6 GB', shared: true) { semaphore '" + name
                        + "'; echo \"limit=${env.GPU_MEMORY_LIMIT_MIB}\" }");
                SemaphoreStep.waitForStart(name + "/1", build);
            }
            WorkflowRun waiter = start(jenkins, "waiter", "gpu(minMemory: '6 GB', shared: true) { echo 'body of waiter' }");
            jenkins.waitForMessage("GPU lease: waiting on", waiter);
        });
        sessions.then(jenkins -> {
            jenkins.waitForMessage("still holding 1 shared GPU with 6 GB on built-in", build(jenkins, "left"));
            jenkins.waitForMessage("still holding 1 shared GPU with 6 GB on built-in", build(jenkins, "right"));
            jenkins.waitForMessage("asked again for 1 shared GPU with at least 6 GB", build(jenkins, "waiter"));
            Eventually.await("the third waits again", () -> Eventually.waiters() == 1);
            assertEquals(2, leases().stream().filter(lease -> MemorySize.parse("6 GB").equals(lease.budget())).count());
            assertThat(log(build(jenkins, "waiter")), not(containsString("body of waiter")));

            SemaphoreStep.success("left/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, "left")));
            assertThat(log(build(jenkins, "left")), containsString("limit=5722"));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, "waiter")));
            SemaphoreStep.success("right/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, "right")));
            Eventually.awaitNoLeaseAndNoWaiter();
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static WorkflowRun start(JenkinsRule jenkins, String name, String body) throws Exception {
        WorkflowJob job = Builds.job(jenkins, "node('built-in') { " + body + " }");
        job.renameTo(name);
        return job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun build(JenkinsRule jenkins, String name) {
        return jenkins.jenkins.getItemByFullName(name, WorkflowJob.class).getBuildByNumber(1);
    }

    private static List<Lease> leases() {
        return io.jenkins.plugins.gpulease.GpuLeases.get().table().views().stream()
                .flatMap(view -> view.leases().stream())
                .toList();
    }
}
