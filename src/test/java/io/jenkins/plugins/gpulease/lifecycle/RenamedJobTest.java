package io.jenkins.plugins.gpulease.lifecycle;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** A job that is renamed while a build of it has GPUs, and another job that gets its name. */
public class RenamedJobTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @BeforeClass
    public static void aGpu() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "1xH100:80GB");
        JENKINS.jenkins.setNumExecutors(4);
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    /** Gives a build's job another name, and its name to a new job; the new one's build has the number of the old one. */
    @NonNull
    private static WorkflowRun namesake(WorkflowRun build, String script) throws Exception {
        String name = build.getParent().getName();
        Builds.rename(build, name + "-renamed");
        WorkflowJob other = JENKINS.createProject(WorkflowJob.class, name);
        other.setDefinition(new CpsFlowDefinition(script, true));
        WorkflowRun namesake = other.scheduleBuild2(0).waitForStart();
        assertEquals(build.getNumber(), namesake.getNumber());
        return namesake;
    }

    private static void reconcile() throws Exception {
        LeaseReconciler reconciler = ExtensionList.lookupSingleton(LeaseReconciler.class);
        for (int pass = 0; pass < 2; pass++) {
            reconciler.pass().get(60, TimeUnit.SECONDS);
        }
    }

    /** A semaphore finds its build by name, and so that of the other job; an input knows it. */
    private static WorkflowRun started(String script) throws Exception {
        WorkflowRun build = start(JENKINS, script);
        JENKINS.waitForMessage("Go on?", build);
        Eventually.await("it may go on", () -> build.getAction(InputAction.class) != null);
        return build;
    }

    private static void finish(WorkflowRun build) throws Exception {
        build.getAction(InputAction.class).getExecutions().get(0).proceed(null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
    }

    private static void keepsItsLease(WorkflowRun build, String gate) throws Exception {
        WorkflowRun namesake = namesake(build, "semaphore '" + gate + "'");
        SemaphoreStep.waitForStart(gate + "/1", namesake);
        reconcile();
        assertEquals("while both run", 1, Eventually.leases());
        SemaphoreStep.success(gate + "/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(namesake));
        reconcile();
        assertEquals("after the other one", 1, Eventually.leases());
        assertEquals(
                build.getExternalizableId(),
                BuildHolder.runId(GpuTestNodes.view(JENKINS.jenkins).leases().get(0).holder()));
        finish(build);
    }

    @Test
    public void aBlockKeepsItsLeaseWhateverTheNewJobsBuildDoes() throws Exception {
        keepsItsLease(started("node { gpu { input 'Go on?' } }"), "block");
    }

    @Test
    public void wrapKeepsItsLeaseWhateverTheNewJobsBuildDoes() throws Exception {
        keepsItsLease(started("node { wrap([$class: 'GpuBuildWrapper']) { input 'Go on?' } }"), "wrapped");
    }

    @Test
    public void wrapInABlockTakesItsGpusOutOfItAlsoAfterThat() throws Exception {
        WorkflowRun build = started("node { gpu { input 'Go on?'; wrap([$class: 'GpuBuildWrapper']) { echo 'inner' } } }");
        Builds.rename(build, build.getParent().getName() + "-renamed");

        finish(build);
        assertThat(log(build), containsString("out of the enclosing lease"));
    }

    @Test
    public void aBlockAroundNodeGetsItsGpusAlsoAfterTheNewJobsBuild() throws Exception {
        WorkflowRun build = started("gpu { input 'Go on?'; node { echo \"gpus=${env.GPU_COUNT}\" } }");
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(namesake(build, "echo 'x'")));

        finish(build);
        assertThat(log(build), containsString("gpus=1"));
    }
}
