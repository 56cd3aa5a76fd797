package io.jenkins.plugins.gpulease.wrapper;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.HeldBuilder;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Instant;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** What becomes of wrapped builds when Jenkins is restarted. */
public class WrapperRestartTest {

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Test
    public void aBuildThatWaitsInTheQueueAsksAgain() throws Throwable {
        sessions.then(rule -> {
            GpuTestNodes.simulateBuiltIn(rule, "1xH100:80GB");
            FreeStyleProject holder = project(rule, "holder");
            holder.getBuildersList().add(new HeldBuilder("restart"));
            rule.waitForMessage("held by", holder.scheduleBuild2(0).waitForStart());
            project(rule, "waiter").scheduleBuild2(0);
            Eventually.await("it waits", () -> Eventually.waiters() == 1);
            rule.jenkins.getQueue().save();
        });
        HeldBuilder.openAll();
        sessions.then(rule -> {
            GpuTestNodes.awaitDiscovery(rule.jenkins);
            FreeStyleProject waiter = rule.jenkins.getItemByFullName("waiter", FreeStyleProject.class);
            Eventually.await("it runs", () -> waiter.getLastBuild() != null);
            FreeStyleBuild build = rule.assertBuildStatusSuccess(rule.waitForCompletion(waiter.getLastBuild()));
            rule.assertLogContains("GPU lease: granted 1 GPU on built-in", build);
            Eventually.awaitNoLeaseAndNoWaiter();
        });
    }

    @Test
    public void aPipelineKeepsItsLease() throws Throwable {
        String[] lease = new String[1];
        sessions.then(rule -> {
            GpuTestNodes.simulateBuiltIn(rule, "1xH100:80GB");
            WorkflowRun build = Builds.start(rule, "node { wrap([$class: 'GpuBuildWrapper']) { semaphore 'wrapped' } }");
            SemaphoreStep.waitForStart("wrapped/1", build);
            lease[0] = GpuTestNodes.view(rule.jenkins).leases().get(0).id();
        });
        sessions.then(rule -> {
            GpuTestNodes.awaitDiscovery(rule.jenkins);
            WorkflowRun build = rule.jenkins.getAllItems(WorkflowJob.class).get(0).getLastBuild();
            Eventually.await("it has its lease again", () -> Eventually.leases() == 1);
            assertEquals(lease[0], GpuTestNodes.view(rule.jenkins).leases().get(0).id());
            assertNotNull(HoldingBuilds.get().liveIds().stream().filter(lease[0]::equals).findAny().orElse(null));
            SemaphoreStep.success("wrapped/1", null);
            rule.assertBuildStatusSuccess(rule.waitForCompletion(build));
            assertThat(Builds.log(build), containsString("GPU lease: returned 1 GPU of built-in"));
            Eventually.awaitNoLeaseAndNoWaiter();
        });
    }

    @Test
    public void aLeaseIsKnownAsThatOfARunningPipelineWhoseJobWasRenamed() throws Throwable {
        sessions.then(rule -> isTakenUp(rule, "renamed"));
    }

    @Test
    public void aLeaseIsNotTakenForThatOfAnotherJobThatHasTheOldNameNow() throws Throwable {
        sessions.then(rule -> {
            rule.buildAndAssertSuccess(rule.createFreeStyleProject("former-name"));
            isTakenUp(rule, "namesake");
        });
    }

    /** As when the program of a Pipeline is loaded that was {@code former-name} when it was granted the lease. */
    private static void isTakenUp(JenkinsRule rule, String gate) throws Exception {
        GpuTestNodes.simulateBuiltIn(rule, "1xH100:80GB");
        WorkflowRun build = Builds.start(rule, "node { wrap([$class: 'GpuBuildWrapper']) { semaphore '" + gate + "' } }");
        SemaphoreStep.waitForStart(gate + "/1", build);
        Lease lease = GpuTestNodes.view(rule.jenkins).leases().get(0);

        HoldingBuilds.get().takeUp(lease.heldBy(new Holder("former-name#1/" + lease.id(), "former-name #1")));

        assertTrue(HoldingBuilds.get().liveIds().contains(lease.id()));
        assertEquals(build, HoldingBuilds.get().buildOf(lease.id()));
        SemaphoreStep.success(gate + "/1", null);
        rule.assertBuildStatusSuccess(rule.waitForCompletion(build));
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    @Test
    public void aPipelineWhoseGpusAnotherHasByThenFails() throws Throwable {
        sessions.then(rule -> {
            GpuTestNodes.simulateBuiltIn(rule, "1xH100:80GB");
            WorkflowRun other = Builds.start(rule, "node { gpu { semaphore 'other' } }");
            SemaphoreStep.waitForStart("other/1", other);
            WorkflowRun late = Builds.start(rule, "node { semaphore 'late' }");
            SemaphoreStep.waitForStart("late/1", late);
            Lease taken = GpuTestNodes.view(rule.jenkins).leases().get(0);
            Lease lost = new Lease(
                    "lost", taken.node(), taken.devices(), null, BuildHolder.of(late, null, "lost"), null, Instant.now(), Instant.now());

            Jenkins.XSTREAM2.fromXML(Jenkins.XSTREAM2.toXML(new LeaseDisposer(new StoredLease(lost)))); // as its program is loaded

            rule.assertBuildStatus(Result.FAILURE, rule.waitForCompletion(late));
            assertThat(Builds.log(late), containsString("The GPU lease of this build was lost while Jenkins was restarted"));
            assertThat(Builds.log(late), containsString(other.getFullDisplayName()));
            assertTrue(other.isBuilding());
            SemaphoreStep.success("other/1", null);
            rule.assertBuildStatusSuccess(rule.waitForCompletion(other));
        });
    }

    private static FreeStyleProject project(JenkinsRule rule, String name) throws Exception {
        FreeStyleProject project = rule.createFreeStyleProject(name);
        project.setAssignedLabel(Jenkins.get().getSelfLabel());
        project.setQuietPeriod(0);
        project.getBuildWrappersList().add(new GpuBuildWrapper());
        return project;
    }
}
