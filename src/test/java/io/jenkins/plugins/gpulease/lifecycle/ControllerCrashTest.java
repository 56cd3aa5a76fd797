package io.jenkins.plugins.gpulease.lifecycle;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** Blocks over a kill -9 of the controller: one holds both GPUs, two wait for one of them. */
public class ControllerCrashTest {

    private static final List<String> WAITERS = List.of("first", "second");
    private static final List<String> ALL = List.of("holder", "first", "second");

    @Rule
    public final RealJenkinsRule controller = new RealJenkinsRule();

    @Test
    public void theSameBuildsHoldTheSameDevicesAndTheOthersWaitOn() throws Throwable {
        String held = crash(new HoldAndWait(
                "node('built-in') { gpu(count: 2) { input 'Go on?'; echo \"still=${env.GPU_UUIDS}\" } }",
                "node('built-in') { gpu { echo \"body with ${env.GPU_COUNT}\" } }"));

        controller.runRemotely(new HeldAgain(held, List.of("still=" + held)));
        controller.stopJenkins();
    }

    @Test
    public void blocksAroundNodeGoOnWithTheSameDevicesAndItemsWaitOn() throws Throwable {
        String held = crash(new HoldAndWait(
                "gpu(count: 2) { node { input 'Go on?'; echo \"still=${env.GPU_UUIDS}\" }; node { echo 'again' } }",
                "gpu { node { echo \"body with ${env.GPU_COUNT}\" } }"));

        controller.runRemotely(new HeldAgain(held, List.of("still=" + held, "again")));
        controller.stopJenkins();
    }

    /** @return what is held before and should be after */
    private String crash(HoldAndWait before) throws Throwable {
        controller.startJenkins();
        String held = controller.runRemotely(before);
        controller.stopJenkinsForcibly();
        controller.startJenkins();
        return held;
    }

    /** Before the crash. An input waits for an event; waitUntil, which looks now and then, may itself get lost in a crash. */
    private record HoldAndWait(@NonNull String holder, @NonNull String waiter) implements RealJenkinsRule.Step2<String> {

        @Override
        public String run(JenkinsRule jenkins) throws Throwable {
            GpuTestNodes.simulateBuiltIn(jenkins, "2xH100:80GB");
            jenkins.jenkins.setNumExecutors(8);
            jenkins.jenkins.save();
            jenkins.waitForMessage("Go on?", Builds.start(jenkins, "holder", holder));
            for (String name : WAITERS) {
                jenkins.waitForMessage("GPU lease: waiting on", Builds.start(jenkins, name, waiter));
            }
            jenkins.jenkins.getQueue().save();
            return String.join(",", lease().uuids());
        }
    }

    /**
     * After the crash.
     *
     * @param lines that the holder's log has in the end
     */
    private record HeldAgain(@NonNull String held, @NonNull List<String> lines) implements RealJenkinsRule.Step {

        @Override
        public void run(JenkinsRule jenkins) throws Throwable {
            WorkflowRun holder = Builds.first(jenkins, "holder");
            jenkins.waitForMessage("Jenkins was restarted; still holding 2 GPUs on built-in", holder);
            assertEquals(held, String.join(",", lease().uuids()));
            Eventually.await("both wait again", () -> Eventually.waiters() == 2);
            assertEquals("holder #1", lease().holder().name());
            assertEquals("in their old order", List.of("first #1", "second #1"), waiters());
            for (String name : WAITERS) {
                jenkins.waitForMessage("GPU lease: Jenkins was restarted; asked again for 1 GPU on", Builds.first(jenkins, name));
            }

            holder.getAction(InputAction.class).getExecutions().get(0).proceed(null);
            for (String name : ALL) {
                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(Builds.first(jenkins, name)));
            }
            for (String line : lines) {
                assertThat(Builds.log(holder), containsString(line));
            }
            assertThat(Builds.log(Builds.first(jenkins, "second")), containsString("body with 1"));
            Eventually.awaitNothingLeft();
        }
    }

    private static Lease lease() {
        return GpuTestNodes.view(Jenkins.get()).leases().get(0);
    }

    private static List<String> waiters() {
        return Stream.concat(
                        GpuTestNodes.view(Jenkins.get()).waiters().stream(), GpuLeases.get().table().floating().stream())
                .map(WaiterView::request)
                .map(request -> request.holder().name())
                .toList();
    }
}
