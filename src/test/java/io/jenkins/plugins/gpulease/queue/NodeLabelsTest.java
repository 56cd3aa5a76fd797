package io.jenkins.plugins.gpulease.queue;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static io.jenkins.plugins.gpulease.Builds.succeed;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Slave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Which nodes a label allows, and what is said where none of them suffices. */
public class NodeLabelsTest {

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    private Slave big;

    @Before
    public void threeAgents() throws Exception {
        big = GpuTestNodes.simulatedAgent(jenkins, "big", "4xH100:80GB", "linux fast", 2);
        GpuTestNodes.simulatedAgent(jenkins, "small", "2xA100:40GB", "linux cheap", 2);
        GpuTestNodes.simulatedAgent(jenkins, "win", "1xT4:16GB", "windows", 2);
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNothingLeft();
    }

    private String failed(String script) throws Exception {
        WorkflowRun build = jenkins.buildAndAssertStatus(Result.FAILURE, Builds.job(jenkins, script));
        assertThat(log(build), not(containsString("must not run")));
        return log(build);
    }

    @Test
    public void expressionsChooseTheNode() throws Exception {
        assertThat(log(succeed(jenkins, "gpu { node('linux && !cheap') { echo \"on=${env.NODE_NAME}\" } }")), containsString("on=big"));
        assertThat(log(succeed(jenkins, "gpu { node('windows || fast') { echo \"on=${env.NODE_NAME}\" } }")), containsString("on=win"));
        assertThat(log(succeed(jenkins, "gpu { node('small') { echo \"on=${env.NODE_NAME}\" } }")), containsString("on=small"));
    }

    @Test
    public void whatNoNodeOfAnExpressionHasNamesTheClosestOfThem() throws Exception {
        String log = failed("gpu(count: 3) { node('cheap || windows') { error 'must not run' } }");

        assertThat(log, containsString("None of the 2 nodes that may be used suffices; closest: small has 2 GPUs, 3 GPUs asked"));
    }

    @Test
    public void aLabelThatNoNodeHasFailsAndNamesWhoWouldSuffice() throws Exception {
        String log = failed("gpu(count: 3) { node('solaris') { error 'must not run' } }");

        assertThat(log, containsString("No known node has label 'solaris', 3 GPUs asked; without that, big would suffice"));
    }

    @Test
    public void anExpressionThatNoNodeMeetsFailsToo() throws Exception {
        String log = failed("gpu(count: 9) { node('cheap && fast') { error 'must not run' } }");

        assertThat(log, containsString("No known node has label 'cheap&&fast', 9 GPUs asked; no other node would suffice either"));
    }

    @Test
    public void anAgentThatIsOfflineIsWaitedFor() throws Exception {
        big.toComputer().disconnect(new OfflineCause.ByCLI("for a test")).get(60, TimeUnit.SECONDS);
        WorkflowRun build = start(jenkins, "gpu(count: 3) { node('linux') { echo \"on=${env.NODE_NAME}\" } }");
        jenkins.waitForMessage("big can't be asked now", build);
        big.toComputer().connect(false).get(60, TimeUnit.SECONDS);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=big"));
    }

    @Test
    public void aLabelThatTheLastNodeLosesFailsWhoWaits() throws Exception {
        WorkflowRun holder = start(jenkins, "node('big') { gpu(count: 4) { semaphore 'labels' } }");
        SemaphoreStep.waitForStart("labels/1", holder);
        WorkflowRun build = start(jenkins, "gpu(count: 3) { node('fast') { error 'must not run' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);
        big.setLabelString("linux");
        new Jenkins.CloudList().replaceBy(List.of()); // has all labels look for their nodes again, as a node's form does

        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("No known node has label 'fast', 3 GPUs asked; without that, big would suffice"));
        SemaphoreStep.success("labels/1", null);
        jenkins.waitForCompletion(holder);
    }

    @Test
    public void theTooltipSaysOnWhatItWaitsAndAtWhichPlaceButNamesNoOtherBuild() throws Exception {
        WorkflowRun holder = start(jenkins, "node('big') { gpu(count: 2) { semaphore 'tooltip' } }");
        SemaphoreStep.waitForStart("tooltip/1", holder);
        WorkflowRun first = start(jenkins, "gpu(count: 4) { node('linux && fast') { error 'must not run' } }");
        Eventually.await("the first waits", () -> Eventually.waiters() == 1);
        WorkflowRun second = start(jenkins, "gpu(count: 3) { node('linux && fast') { error 'must not run' } }");
        Eventually.await("both wait", () -> Eventually.waiters() == 2);

        String expected = "3 GPUs asked, on any of 1 node; big: 2 of 4 suitable GPUs idle; 2 held; Place 2 of 2 among requests for any node";
        Eventually.await("the tooltip tells it all", () -> tooltips().contains(expected));
        assertThat(tooltips(), not(containsString(holder.getParent().getFullDisplayName())));
        assertThat(tooltips(), not(containsString(first.getParent().getFullDisplayName() + " #")));
        jenkins.waitForMessage("Place 2 of 2 among requests for any node", second);
        first.doStop();
        second.doStop();
        jenkins.waitForCompletion(first);
        jenkins.waitForCompletion(second);
        SemaphoreStep.success("tooltip/1", null);
        jenkins.waitForCompletion(holder);
    }

    private static String tooltips() {
        return Queue.getInstance().getBuildableItems().stream().map(Queue.Item::getWhy).toList().toString();
    }
}
