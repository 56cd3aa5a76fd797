package io.jenkins.plugins.gpulease.lifecycle;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;

import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.build.LiveHolders;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;

public class LeaseAbortTest {

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

    private static Lease lease() {
        return GpuTestNodes.view(JENKINS.jenkins).leases().get(0);
    }

    @Test
    public void theBlockIsAbortedAndTheLogSaysByWhom() throws Exception {
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu(count: 1) { semaphore 'abort' } }");
        SemaphoreStep.waitForStart("abort/1", build);

        LeaseAbort.begin(lease(), "alice");

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("alice released the GPUs"));
    }

    @Test
    public void whatIsNotInTheBlockGoesOn() throws Exception {
        WorkflowRun build = start(JENKINS, "parallel a: { node('built-in') { gpu(count: 1) { semaphore 'one' } } },"
                + " b: { node('built-in') { semaphore 'other' } }");
        SemaphoreStep.waitForStart("one/1", build);
        SemaphoreStep.waitForStart("other/1", build);

        LeaseAbort.begin(lease(), "alice");
        Eventually.await("its lease is gone", () -> Eventually.leases() == 0);

        SemaphoreStep.success("other/1", null);
        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
    }

    @Test
    public void aBlockAroundNodeIsAborted() throws Exception {
        WorkflowRun build = start(JENKINS, "gpu(count: 1) { node { semaphore 'around' } }");
        SemaphoreStep.waitForStart("around/1", build);

        LeaseAbort.begin(lease(), "alice");

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
    }

    @Test
    public void aBlockOfAJobThatWasRenamedMeanwhileIsAborted() throws Exception {
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu(count: 1) { semaphore 'renamed' } }");
        SemaphoreStep.waitForStart("renamed/1", build);
        Builds.rename(build, "renamed");

        LeaseAbort.begin(lease(), "alice");

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("alice released the GPUs"));
    }

    @Test
    public void aLeaseThatNothingStandsForIsTakenAway() throws Exception {
        Lease stray = adopted("stray");

        LeaseAbort.begin(stray, "alice");

        Eventually.await("it is gone", () -> Eventually.leases() == 0);
    }

    @Test
    public void aLeaseWhoseHolderCannotBeAskedForIsTakenAway() {
        LeaseAbort.begin(adopted(Unanswering.LEASE), "alice");

        assertEquals(0, Eventually.leases());
    }

    private static Lease adopted(String id) {
        Lease lease = new Lease(id, "built-in", List.of(GpuTestNodes.view(JENKINS.jenkins).inventory().devices().get(0)), null,
                new Holder("gone#7/" + id, "gone #7"), null, Instant.now(), Instant.now());
        GpuLeases.get().table().adopt(lease);
        return lease;
    }

    @TestExtension
    public static final class Unanswering implements LiveHolders {

        static final String LEASE = "unanswered";

        @Override
        public Set<String> liveIds() {
            return Set.of();
        }

        @Override
        public Run<?, ?> buildOf(String leaseId) {
            if (leaseId.equals(LEASE)) {
                throw new NoClassDefFoundError("part of another plugin");
            }
            return null;
        }
    }
}
