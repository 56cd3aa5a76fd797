package io.jenkins.plugins.gpulease.pipeline;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.succeed;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** A block around {@code node}: its GPUs and the executor are taken together. */
public class GpuAroundNodeTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule JENKINS = new ThreeAgents();

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNothingLeft();
    }

    @Test
    public void theNodeStartsWithItsGpusAndOnlyItsStepsSeeThem() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                gpu(count: 2, model: 'H100') {
                  echo "before=${env.CUDA_VISIBLE_DEVICES}"
                  node('linux') {
                    echo "inside=${env.CUDA_VISIBLE_DEVICES} on=${env.GPU_NODE} node=${env.NODE_NAME}"
                    sh 'echo "shell=$CUDA_VISIBLE_DEVICES"'
                  }
                  echo "after=${env.CUDA_VISIBLE_DEVICES}"
                }
                """);

        String log = log(build);
        assertThat(log, containsString("before=null"));
        assertThat(log, containsString("after=null"));
        assertTrue(found(build, "inside=(\\S+) on=big node=big").matches("GPU-[^,]+,GPU-[^,]+"));
        assertEquals(found(build, "inside=(\\S+)"), found(build, "shell=(\\S+)"));
        assertThat(log, containsString("GPU lease: asked for 2 GPUs with model 'H100' on any node that may run it"));
        assertThat(log, containsString("GPU lease: granted 2 GPUs on big after"));
        assertTrue(log, log.indexOf("after=null") < log.indexOf("GPU lease: returned 2 GPUs of big"));
        assertEquals(1, build.getAction(GpuLeasesAction.class).getLeases().size());
        assertTrue(build.getAction(GpuLeasesAction.class).getLeases().stream().noneMatch(lease -> lease.isHeld()));
    }

    @Test
    public void aSecondNodeIsTheSameOneWithTheSameGpus() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                gpu(count: 3) {
                  node('linux') { echo "first=${env.CUDA_VISIBLE_DEVICES} ${env.NODE_NAME}" }
                  node { echo "second=${env.CUDA_VISIBLE_DEVICES} ${env.NODE_NAME}" }
                  parallel a: { node('linux') { echo "third=${env.CUDA_VISIBLE_DEVICES} ${env.NODE_NAME}" } },
                           b: { node('fast') { echo "fourth=${env.CUDA_VISIBLE_DEVICES} ${env.NODE_NAME}" } }
                }
                """);

        String first = found(build, "first=(\\S+ big)");
        assertEquals(first, found(build, "second=(\\S+ big)"));
        assertEquals(first, found(build, "third=(\\S+ big)"));
        assertEquals(first, found(build, "fourth=(\\S+ big)"));
        assertEquals(1, Pattern.compile("GPU lease: granted").matcher(log(build)).results().count());
    }

    @Test
    public void theNodeWhereLeastIsWastedIsChosen() throws Exception {
        WorkflowRun build = succeed(JENKINS, "gpu { node('linux') { echo \"on=${env.NODE_NAME}\" } }");

        assertThat(log(build), containsString("on=small"));
    }

    @Test
    public void labelExpressionsWork() throws Exception {
        WorkflowRun build = succeed(JENKINS, "gpu { node('linux && !cheap') { echo \"on=${env.NODE_NAME}\" } }");

        assertThat(log(build), containsString("on=big"));
    }

    @Test
    public void aBlockInsideTheNodeTakesItsGpusOutOfTheOuterOnes() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                gpu(count: 2, model: 'H100') {
                  node { gpu { echo "inner=${env.GPU_COUNT}" }; echo "outer=${env.GPU_COUNT}" }
                }
                """);

        assertThat(log(build), containsString("asked for 1 GPU out of the enclosing lease on big"));
        assertThat(log(build), containsString("inner=1"));
        assertThat(log(build), containsString("outer=2"));
    }

    @Test
    public void aBlockMayGetANodeOfItsOwnInsideAnotherNode() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                node('lonely') {
                  gpu(ownNode: true) {
                    echo "around=${env.GPU_NODE}"
                    node('fast') { echo "inside=${env.GPU_NODE}" }
                  }
                }
                """);

        assertThat(log(build), containsString("around=null"));
        assertThat(log(build), containsString("inside=big"));
    }

    @Test
    public void theStepReturnsWhatItsBlockReturns() throws Exception {
        assertThat(log(succeed(JENKINS, "def x = gpu { node('linux') { 40 + 2 } }; echo \"x=$x\"")), containsString("x=42"));
    }

    @Test
    public void aBlockWithoutANodeLeasesNothingAndSaysSo() throws Exception {
        WorkflowRun build = succeed(JENKINS, "gpu { echo 'body' }");

        assertThat(log(build), containsString("GPU lease: no node started in the block, so no GPU was leased"));
        assertThat(log(build), not(containsString("granted")));
    }

    @Test
    public void aNodeNameThatTheJenkinsfileSetsHidesNoVariables() throws Exception {
        WorkflowRun build = succeed(
                JENKINS,
                """
                withEnv(['NODE_NAME=elsewhere', 'CUDA_VISIBLE_DEVICES=none']) {
                  gpu {
                    node('linux') {
                      echo "inside=${env.GPU_NODE} ${env.NODE_NAME} ${env.CUDA_VISIBLE_DEVICES}"
                      sh 'echo "shell=$GPU_NODE"'
                      withEnv(['NODE_NAME=nowhere']) { echo "deep=${env.GPU_NODE}" }
                    }
                    echo "after=${env.GPU_NODE} ${env.CUDA_VISIBLE_DEVICES}"
                  }
                }
                """);

        assertTrue(found(build, "inside=small elsewhere (\\S+)").startsWith("GPU-"));
        assertThat(log(build), containsString("shell=small"));
        assertThat(log(build), containsString("deep=small"));
        assertThat(log(build), containsString("after=null none"));
    }

    @Test
    public void theNameOfTheNodeAroundNoNodeShowsNoVariables() throws Exception {
        WorkflowRun build = succeed(
                JENKINS, "withEnv(['NODE_NAME=small']) { gpu { node('linux') { echo 'x' }; echo \"after=${env.GPU_NODE}\" } }");

        assertThat(log(build), containsString("after=null"));
    }

    private static String found(WorkflowRun build, String regex) throws Exception {
        Matcher matcher = Pattern.compile(regex).matcher(log(build));
        assertTrue(regex + " in\n" + log(build), matcher.find());
        return matcher.group(1);
    }
}
