package io.jenkins.plugins.gpulease.lifecycle;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;

import hudson.model.Queue;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.io.Serializable;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** Blocks around {@code node} over a kill -9 of the controller. */
public class OutsideCrashTest {

    @Rule
    public final RealJenkinsRule controller = new RealJenkinsRule();

    @Test
    public void theBodyGoesOnWithTheSameDevicesAndItemsWaitOn() throws Throwable {
        controller.startJenkins();
        String held = controller.runRemotely(OutsideCrashTest::holdAndWait);
        controller.stopJenkinsForcibly();
        controller.startJenkins();
        controller.runRemotely(new HeldAgain(held));
        controller.stopJenkins();
    }

    private static String holdAndWait(JenkinsRule jenkins) throws Throwable {
        GpuTestNodes.simulateBuiltIn(jenkins, "2xH100:80GB");
        jenkins.jenkins.setNumExecutors(8);
        jenkins.jenkins.save();
        WorkflowRun holder = start(
                jenkins, "holder", "gpu(count: 2) { node { input 'Go on?'; echo \"still=${env.GPU_UUIDS}\" }; node { echo 'again' } }");
        jenkins.waitForMessage("Go on?", holder);
        for (String name : List.of("first", "second")) {
            WorkflowRun waiter = start(jenkins, name, "gpu { node { echo \"body with ${env.GPU_COUNT}\" } }");
            jenkins.waitForMessage("GPU lease: waiting on", waiter);
        }
        jenkins.jenkins.getQueue().save();
        return String.join(",", lease().uuids());
    }

    /** After the crash. */
    private record HeldAgain(String held) implements RealJenkinsRule.Step, Serializable {

        @Override
        public void run(JenkinsRule jenkins) throws Throwable {
            WorkflowRun holder = build(jenkins, "holder");
            jenkins.waitForMessage("Jenkins was restarted; still holding 2 GPUs on built-in", holder);
            assertEquals(held, String.join(",", lease().uuids()));
            Eventually.await("both wait again", () -> Eventually.waiters() == 2);
            assertEquals("holder #1", lease().holder().name());

            holder.getAction(InputAction.class).getExecutions().get(0).proceed(null);
            for (String name : List.of("holder", "first", "second")) {
                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, name)));
            }
            assertThat(Builds.log(holder), containsString("still=" + held));
            assertThat(Builds.log(holder), containsString("again"));
            assertThat(Builds.log(build(jenkins, "second")), containsString("body with 1"));
            Eventually.awaitNoLeaseAndNoWaiter();
            Eventually.await("the queue is empty", () -> Queue.getInstance().getItems().length == 0);
        }
    }

    private static WorkflowRun start(JenkinsRule jenkins, String name, String script) throws Exception {
        WorkflowJob job = Builds.job(jenkins, script);
        job.renameTo(name);
        return job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun build(JenkinsRule jenkins, String name) {
        return jenkins.jenkins.getItemByFullName(name, WorkflowJob.class).getBuildByNumber(1);
    }

    private static Lease lease() {
        return GpuTestNodes.view(jenkins.model.Jenkins.get()).leases().get(0);
    }
}
