package io.jenkins.plugins.gpulease.lifecycle;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.ExtensionList;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.HeldBuilder;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.wrapper.GpuBuildWrapper;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** Ends of blocks that no block is told of. */
public class LeaseEndTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @Before
    public void theBuiltInNodeHasTwoGpus() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xH100:80GB");
        JENKINS.jenkins.setNumExecutors(8);
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    @Test
    public void aBuildThatIsKilledInItsBlockHoldsNothing() throws Exception {
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu(count: 2) { semaphore 'kill-body' } }");
        SemaphoreStep.waitForStart("kill-body/1", build);

        build.doKill();
        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));

        Eventually.await("its lease is gone", () -> Eventually.leases() == 0);
    }

    @Test
    public void aBuildThatIsTerminatedInItsBlockHoldsNothing() throws Exception {
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu(count: 2) { semaphore 'term-body' } }");
        SemaphoreStep.waitForStart("term-body/1", build);
        build.doStop();

        build.doTerm();

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
    }

    @Test
    public void aBuildThatIsKilledWhileItWaitsLeavesTheOrder() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('built-in') { gpu(count: 2) { semaphore 'kill-waiting' } }");
        SemaphoreStep.waitForStart("kill-waiting/1", holder);
        WorkflowRun waiter = start(JENKINS, "node('built-in') { gpu { error 'must not run' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        waiter.doKill();
        JENKINS.waitForCompletion(waiter);

        Eventually.await("it waits no more", () -> Eventually.waiters() == 0);
        assertEquals(1, Eventually.leases());
        SemaphoreStep.success("kill-waiting/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(holder));
    }

    @Test
    public void aStepThatIsTerminatedWhileItsBuildGoesOnIsTakenOutByTheReconciler() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('built-in') { gpu(count: 2) { semaphore 'term-holder' } }");
        SemaphoreStep.waitForStart("term-holder/1", holder);
        WorkflowRun waiter = start(
                JENKINS, "node('built-in') { try { gpu { error 'must not run' } } finally { semaphore 'term-goes-on' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);
        waiter.doStop();
        waiter.doTerm();
        SemaphoreStep.waitForStart("term-goes-on/1", waiter);

        reconcile();
        reconcile();

        assertEquals(0, Eventually.waiters());
        assertEquals("the holder keeps its lease", 1, Eventually.leases());
        SemaphoreStep.success("term-goes-on/1", null);
        SemaphoreStep.success("term-holder/1", null);
        JENKINS.waitForCompletion(waiter);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void aBuildThatIsDeletedWithItsJobHoldsNothing() throws Exception {
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu(count: 2) { semaphore 'delete' } }");
        SemaphoreStep.waitForStart("delete/1", build);

        build.getParent().delete();

        Eventually.await("its lease is gone", () -> Eventually.leases() == 0);
        assertFalse(build.getRootDir().exists());
    }

    @Test
    public void theReconcilerEndsALeaseOnlyAfterTwoPasses() throws Exception {
        NodeView node = GpuTestNodes.view(JENKINS.jenkins);
        GpuLeases.get().table().adopt(new Lease(
                "stray", node.node(), List.of(node.inventory().devices().get(0)), null, new Holder("gone#1/stray", "gone #1"),
                null, Instant.now(), Instant.now()));

        reconcile();
        assertEquals(1, Eventually.leases());
        reconcile();
        assertEquals(0, Eventually.leases());
    }

    @Test
    public void theReconcilerLeavesRunningBuildsAlone() throws Exception {
        WorkflowRun holder = start(JENKINS, "node('built-in') { gpu(count: 2) { semaphore 'running' } }");
        SemaphoreStep.waitForStart("running/1", holder);
        WorkflowRun waiter = start(JENKINS, "node('built-in') { gpu { echo 'mine' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        reconcile();
        reconcile();
        reconcile();

        assertEquals(1, Eventually.leases());
        assertEquals(1, Eventually.waiters());
        SemaphoreStep.success("running/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(waiter));
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(holder));
    }

    @Test
    public void theReconcilerLeavesFreestyleBuildsAlone() throws Exception {
        FreeStyleBuild holder = freestyle().scheduleBuild2(0).waitForStart();
        JENKINS.waitForMessage("held by", holder);
        FreeStyleProject waiting = freestyle();
        var future = waiting.scheduleBuild2(0);
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        reconcile();
        reconcile();
        reconcile();

        assertEquals(1, Eventually.leases());
        assertEquals(1, Eventually.waiters());
        HeldBuilder.open("freestyle");
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(holder));
        JENKINS.assertBuildStatusSuccess(future);
    }

    @Test
    public void anAgentThatIsRemovedTakesTheLeaseOfItsFreestyleBuildWithIt() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "leaving", "1xH100:80GB");
        FreeStyleProject project = JENKINS.createFreeStyleProject();
        project.setAssignedNode(agent);
        project.getBuildWrappersList().add(new GpuBuildWrapper());
        project.getBuildersList().add(new HeldBuilder("leaving"));
        FreeStyleBuild build = project.scheduleBuild2(0).waitForStart();
        JENKINS.waitForMessage("held by", build);

        JENKINS.jenkins.removeNode(agent);

        Eventually.awaitNoLeaseAndNoWaiter();
        HeldBuilder.open("leaving");
        JENKINS.waitForCompletion(build);
    }

    /** Takes both GPUs, and is held. */
    private static FreeStyleProject freestyle() throws Exception {
        FreeStyleProject project = JENKINS.createFreeStyleProject();
        GpuBuildWrapper wrapper = new GpuBuildWrapper();
        wrapper.setCount(2);
        project.setQuietPeriod(0);
        project.setAssignedNode(JENKINS.jenkins);
        project.getBuildWrappersList().add(wrapper);
        project.getBuildersList().add(new HeldBuilder("freestyle"));
        return project;
    }

    @Test
    public void aNodeThatIsRemovedTakesItsLeasesAndWaitersWithIt() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "doomed", "1xH100:80GB");
        WorkflowRun holder = start(JENKINS, "node('doomed') { gpu { semaphore 'doomed' } }");
        SemaphoreStep.waitForStart("doomed/1", holder);
        WorkflowRun waiter = start(
                JENKINS,
                """
                int round = 0
                retry(count: 2, conditions: [agent()]) {
                  if (round++ == 0) {
                    node('doomed') { gpu { error 'must not run' } }
                  }
                }
                echo "rounds=$round"
                """);
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        JENKINS.jenkins.removeNode(agent);

        Eventually.awaitNoLeaseAndNoWaiter();
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(waiter));
        assertThat(log(waiter), containsString("rounds=2"));
        assertTrue(GpuLeases.get().table().view("doomed").isEmpty());
        SemaphoreStep.success("doomed/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void anAgentThatIsLostAndComesBackKeepsItsLease() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "flaky", "1xH100:80GB");
        WorkflowRun holder = start(JENKINS, "node('flaky') { gpu { semaphore 'flaky'; echo 'gone on' } }");
        SemaphoreStep.waitForStart("flaky/1", holder);
        String lease = GpuTestNodes.view(agent).leases().get(0).id();
        WorkflowRun waiter = start(JENKINS, "node('flaky') { gpu { echo 'mine' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        agent.toComputer().disconnect(new OfflineCause.ByCLI("lost")).get(30, TimeUnit.SECONDS);
        assertEquals(lease, GpuTestNodes.view(agent).leases().get(0).id());
        agent.toComputer().connect(true).get(60, TimeUnit.SECONDS);
        GpuTestNodes.awaitDiscovery(agent);
        assertEquals(lease, GpuTestNodes.view(agent).leases().get(0).id());
        assertEquals(1, Eventually.waiters());

        SemaphoreStep.success("flaky/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(holder));
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(waiter));
        assertThat(log(holder), containsString("gone on"));
    }

    @Test
    public void aBlockWhoseAgentIsLostEndsWithoutIt() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "lost", "1xH100:80GB");
        WorkflowRun build = start(JENKINS, "node('lost') { gpu { semaphore 'lost' } }");
        SemaphoreStep.waitForStart("lost/1", build);
        agent.toComputer().disconnect(new OfflineCause.ByCLI("lost")).get(30, TimeUnit.SECONDS);

        SemaphoreStep.success("lost/1", null);

        Eventually.await("its lease is gone", () -> Eventually.leases() == 0);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("GPU lease: returned 1 GPU of lost"));
    }

    @Test
    public void aPluginThatIsLoadedIntoARunningJenkinsGrantsAtOnce() throws Exception {
        GpuLeases.get().table().pause(); // as it is when the plugin has just been loaded
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu { echo 'mine' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        Resumption.start();

        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
    }

    @Test
    public void whatLeasesDoIsDoneInTheNameOfTheSystem() throws Exception {
        try (ACLContext ignored = ACL.as2(Jenkins.ANONYMOUS2)) {
            assertEquals(ACL.SYSTEM2, CompletableFuture.supplyAsync(Jenkins::getAuthentication2, GpuLeases.get().executor())
                    .get(10, TimeUnit.SECONDS));
        }
    }

    private static void reconcile() throws Exception {
        ExtensionList.lookupSingleton(LeaseReconciler.class).pass().get(30, TimeUnit.SECONDS);
    }
}
