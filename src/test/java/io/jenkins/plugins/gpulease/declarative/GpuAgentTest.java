package io.jenkins.plugins.gpulease.declarative;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static io.jenkins.plugins.gpulease.Builds.succeed;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.model.Result;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.SingleFileSCM;

/** {@code agent { gpu { … } }}: an executor and GPUs of one node, for a Pipeline or a stage. */
public class GpuAgentTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static final String SAY =
            "echo \"${env.STAGE_NAME}: ${env.CUDA_VISIBLE_DEVICES} of ${env.GPU_NODE} on ${env.NODE_NAME}.\"";

    @BeforeClass
    public static void twoAgents() throws Exception {
        GpuTestNodes.simulatedAgent(JENKINS, "big", "4xH100:80GB", "linux fast", 4);
        GpuTestNodes.simulatedAgent(JENKINS, "small", "2xA100:40GB", "linux cheap", 4);
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNothingLeft();
    }

    // ---- where

    @Test
    public void aPipelineRunsOnAnAgentWithItsGpus() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                pipeline {
                  agent { gpu { count 2; minMemory '60 GB'; label 'linux' } }
                  stages {
                    stage('one') { steps { %s; sh 'echo "shell=$CUDA_VISIBLE_DEVICES"' } }
                    stage('two') { steps { %s } }
                  }
                  post { always { echo "after: ${env.CUDA_VISIBLE_DEVICES}" } }
                }
                """
                        .formatted(SAY, SAY));

        String devices = found(build, "one: (\\S+) of big on big\\.");
        assertThat(devices, matchesPattern("GPU-[^,]+,GPU-[^,]+"));
        assertEquals(devices, found(build, "shell=(\\S+)"));
        assertEquals(devices, found(build, "two: (\\S+) of big on big\\."));
        assertEquals(devices, found(build, "after: (\\S+)"));
        assertEquals(1, build.getAction(GpuLeasesAction.class).getLeases().size());
    }

    @Test
    public void aStageHasAnAgentOfItsOwnWhateverIsAroundIt() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                pipeline {
                  agent { label 'cheap' }
                  stages {
                    stage('train') {
                      agent { gpu { label 'fast'; model 'H100' } }
                      steps { %s }
                      post { always { echo "after: ${env.GPU_NODE}" } }
                    }
                    stage('rest') { steps { %s } }
                  }
                }
                """
                        .formatted(SAY, SAY));

        assertThat(found(build, "train: (\\S+) of big on big\\."), matchesPattern("GPU-[^,]+"));
        assertThat(log(build), containsString("after: big"));
        assertThat(log(build), containsString("rest: null of null on small."));
    }

    @Test
    public void aStageMayGetOtherGpusThanItsPipeline() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                pipeline {
                  agent { gpu { label 'fast' } }
                  stages {
                    stage('inner') { agent { gpu { label 'fast' } }
                      steps { %s } }
                    stage('outer') { steps { %s } }
                  }
                }
                """
                        .formatted(SAY, SAY));

        assertThat(found(build, "inner: (\\S+) of"), not(containsString(found(build, "outer: (\\S+) of"))));
    }

    @Test
    public void withoutParametersItIsOneGpuOfAnyNode() throws Exception {
        WorkflowRun build = succeed(JENKINS, "pipeline { agent { gpu true }\n stages { stage('one') { steps { " + SAY + " } } } }");

        assertThat(found(build, "one: (\\S+) of small on small\\."), matchesPattern("GPU-[^,]+"));
    }

    @Test
    public void eachCellOfAMatrixHasItsOwn() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                pipeline {
                  agent none
                  stages {
                    stage('all') {
                      matrix {
                        axes { axis { name 'SEED'; values '1', '2' } }
                        agent { gpu { count 2; label 'fast' } }
                        stages { stage('cell') { steps { echo "seed ${SEED}: ${env.CUDA_VISIBLE_DEVICES}." } } }
                      }
                    }
                  }
                }
                """);

        String one = found(build, "seed 1: (\\S+)\\.");
        String two = found(build, "seed 2: (\\S+)\\.");
        assertThat(one, matchesPattern("GPU-[^,]+,GPU-[^,]+"));
        assertThat(one, not(containsString(two.split(",")[0])));
        assertThat(one, not(containsString(two.split(",")[1])));
    }

    @Test
    public void aStageThatIsSkippedBeforeItsAgentAsksForNothing() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                pipeline {
                  agent none
                  stages {
                    stage('never') {
                      when { beforeAgent true; expression { false } }
                      agent { gpu { count 4 } }
                      steps { error 'must not run' }
                    }
                  }
                }
                """);

        assertThat(log(build), not(containsString("GPU lease")));
    }

    // ---- as the built-in agents do

    @Test
    public void theWorkspaceMayBeACustomOne() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                "pipeline { agent { gpu { customWorkspace 'my/own' } }\n stages { stage('one') { steps { echo pwd() } } } }");

        assertThat(log(build), containsString("my/own"));
    }

    @Test
    public void sourcesAreCheckedOutUnlessThatIsSkipped() throws Exception {
        String stages = "stages { stage('one') { steps { echo \"there: ${fileExists('Jenkinsfile')}\" } } }";

        assertThat(fromScm("pipeline { agent { gpu { label 'linux' } }\n " + stages + " }"), containsString("there: true"));
        assertThat(
                fromScm("pipeline { agent { gpu { label 'linux' } }\n options { skipDefaultCheckout() }\n " + stages + " }"),
                containsString("there: false"));
    }

    @Test
    public void itMayBeRetried() throws Exception {
        WorkflowRun build = start(
                JENKINS,
                "pipeline { agent { gpu { retries 2; label 'linux' } }\n stages { stage('one') { steps { error 'broken' } } } }");

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(build));
        assertEquals("only a lost agent is retried", 1, Pattern.compile("GPU lease: granted").matcher(log(build)).results().count());
    }

    // ---- waiting

    @Test
    public void whatNoNodeCanSatisfyFailsAtOnce() throws Exception {
        WorkflowRun build = start(
                JENKINS,
                "pipeline { agent { gpu { count 8; label 'linux' } }\n stages { stage('one') { steps { error 'must not run' } } } }");

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("None of the 2 nodes that may be used suffices; closest: big"));
        assertThat(log(build), not(containsString("must not run")));
    }

    @Test
    public void aWrongParameterIsNamed() throws Exception {
        WorkflowRun build = start(
                JENKINS, "pipeline { agent { gpu { minMemory '16' } }\n stages { stage('one') { steps { echo 'x' } } } }");

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(build));
        assertThat(log(build), containsString("gpu: minMemory '16' has no unit"));
    }

    @Test
    public void whoIsAbortedWhileItWaitsLeavesTheOrder() throws Exception {
        WorkflowRun holder = start(JENKINS, "gpu(count: 4) { node('fast') { semaphore 'abort' } }");
        SemaphoreStep.waitForStart("abort/1", holder);
        WorkflowRun build = start(
                JENKINS, "pipeline { agent { gpu { label 'fast' } }\n stages { stage('one') { steps { error 'must not run' } } } }");
        JENKINS.waitForMessage("GPU lease: waiting on any node that may run it", build);
        assertEquals(1, JENKINS.jenkins.getComputer("big").countBusy());

        build.getExecutor().interrupt();

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        assertEquals(0, Eventually.waiters());
        SemaphoreStep.success("abort/1", null);
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void aStageThatWouldHaveToWaitMayBeLeftOut() throws Exception {
        WorkflowRun holder = start(JENKINS, "gpu(count: 4) { node('fast') { semaphore 'skip' } }");
        SemaphoreStep.waitForStart("skip/1", holder);

        WorkflowRun build = succeed(
                JENKINS,
                """
                pipeline {
                  agent none
                  stages {
                    stage('maybe') { agent { gpu { label 'fast'; skipIfBusy true } }
                      steps { error 'must not run' } }
                    stage('next') { steps { echo 'gone on' } }
                  }
                }
                """);

        assertThat(log(build), containsString("GPU lease: block skipped (skipIfBusy)"));
        assertThat(log(build), containsString("gone on"));
        SemaphoreStep.success("skip/1", null);
        JENKINS.waitForCompletion(holder);
    }

    private static String fromScm(String script) throws Exception {
        WorkflowJob job = JENKINS.createProject(WorkflowJob.class);
        job.setDefinition(new CpsScmFlowDefinition(new SingleFileSCM("Jenkinsfile", script), "Jenkinsfile"));
        return Builds.log(JENKINS.buildAndAssertSuccess(job));
    }

    private static String found(WorkflowRun build, String regex) throws Exception {
        Matcher matcher = Pattern.compile(regex).matcher(log(build));
        assertTrue(regex + " in\n" + log(build), matcher.find());
        return matcher.group(1);
    }
}
