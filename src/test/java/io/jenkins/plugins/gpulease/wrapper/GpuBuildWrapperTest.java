package io.jenkins.plugins.gpulease.wrapper;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import hudson.AbortException;
import hudson.FilePath;
import hudson.Launcher;
import hudson.matrix.AxisList;
import hudson.matrix.MatrixProject;
import hudson.matrix.TextAxis;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueTaskDispatcher;
import hudson.scm.NullSCM;
import hudson.scm.SCMRevisionState;
import hudson.slaves.DumbSlave;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import hudson.tasks.Publisher;
import hudson.tasks.Recorder;
import hudson.tasks.Shell;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.HeldBuilder;
import io.jenkins.plugins.gpulease.SharedLoads;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LoggerRule;
import org.jvnet.hudson.test.TestExtension;

/** Freestyle builds with GPUs. */
public class GpuBuildWrapperTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static final Shell SAY = new Shell("echo \"shell=$CUDA_VISIBLE_DEVICES of $GPU_NODE on $NODE_NAME.\"");

    private static DumbSlave agent;

    @Rule
    public final LoggerRule logged = new LoggerRule();

    @BeforeClass
    public static void anAgent() throws Exception {
        JENKINS.jenkins.setNumExecutors(0);
        JENKINS.jenkins.setQuietPeriod(0);
        agent = GpuTestNodes.simulatedAgent(JENKINS, "big", "2xH100:80GB", "linux", 4);
    }

    @After
    public void nothingIsLeft() throws Exception {
        HeldBuilder.openAll();
        Eventually.awaitNothingLeft();
    }

    // ---- leasing

    @Test
    public void aBuildRunsWithItsGpus() throws Exception {
        FreeStyleBuild build = JENKINS.buildAndAssertSuccess(project(gpus("2"), SAY));

        assertThat(found(build, "shell=(\\S+) of big on big\\.").split(",").length, is(2));
        JENKINS.assertLogContains("GPU lease: asked for 2 GPUs on any node that may run it", build);
        JENKINS.assertLogContains("GPU lease: granted 2 GPUs on big after", build);
        JENKINS.assertLogContains("GPU lease: returned 2 GPUs of big", build);
        GpuLeasesAction leases = build.getAction(GpuLeasesAction.class);
        assertEquals(1, leases.getLeases().size());
        assertTrue(leases.getLeases().stream().noneMatch(lease -> lease.isHeld()));
    }

    @Test
    public void aLeaseNamesTheBuildThatHoldsIt() throws Exception {
        FreeStyleBuild build = start(project(gpus("1"), new HeldBuilder("name")));

        Lease lease = GpuTestNodes.view(agent).leases().get(0);
        assertEquals(build.getFullDisplayName(), lease.holder().name());
        assertEquals(build.getExternalizableId() + "/" + lease.id(), lease.holder().id());

        HeldBuilder.open("name");
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
    }

    @Test
    public void whoFindsNoGpuWaitsInTheQueueWithoutAnExecutor() throws Exception {
        FreeStyleBuild one = start(project(gpus("1"), new HeldBuilder("one")));
        FreeStyleBuild two = start(project(gpus("1"), new HeldBuilder("two")));
        FreeStyleProject third = project(gpus("1"), SAY);
        var future = third.scheduleBuild2(0);

        Eventually.await("it waits", () -> Eventually.waiters() == 1);
        Eventually.await("it says why", () -> String.valueOf(third.getQueueItem().getWhy()).contains("Waiting for GPUs"));
        assertThat(third.getQueueItem().getWhy(), containsString("0 of 2 suitable GPUs idle; 2 held"));
        assertThat(third.getQueueItem().getWhy(), not(containsString(one.getFullDisplayName())));
        assertThat(third.getQueueItem().getWhy(), containsString("Place 1 of 1"));
        assertEquals(2, JENKINS.jenkins.getComputer("big").countBusy());

        HeldBuilder.open("one");
        FreeStyleBuild build = JENKINS.assertBuildStatusSuccess(future);
        assertTrue(two.isBuilding());
        assertThat(held(two), not(hasItem(found(build, "shell=(\\S+) of"))));
        HeldBuilder.open("two");
        JENKINS.waitForCompletion(two);
        JENKINS.waitForCompletion(one);
    }

    @Test
    public void aBuildThatWaitsForAnotherOfItsJobAsksForNothing() throws Exception {
        FreeStyleProject project = project(gpus("1"), new HeldBuilder("same"));
        FreeStyleBuild first = start(project);
        var second = project.scheduleBuild2(0);

        Eventually.await("it is blocked", () -> project.getQueueItem() instanceof Queue.BlockedItem);
        assertEquals(1, Eventually.leases());
        assertEquals(0, Eventually.waiters());

        HeldBuilder.open("same");
        JENKINS.assertBuildStatusSuccess(second);
        JENKINS.waitForCompletion(first);
    }

    @Test
    public void whoIsThrottledAfterItHasAskedAsksNoMoreUntilThatIsOver() throws Exception {
        FreeStyleBuild holder = start(project(gpus("2"), new HeldBuilder("throttled")));
        FreeStyleProject project = project(gpus("1"), SAY);
        var future = project.scheduleBuild2(0);
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        Throttle.stopped = project;
        Queue.getInstance().scheduleMaintenance();
        Eventually.await("it asks no more", () -> Eventually.waiters() == 0);
        assertTrue(project.getQueueItem() instanceof Queue.BlockedItem);
        Throttle.stopped = null;
        Queue.getInstance().scheduleMaintenance();
        Eventually.await("it waits again", () -> Eventually.waiters() == 1);

        HeldBuilder.open("throttled");
        JENKINS.assertBuildStatusSuccess(future);
        JENKINS.waitForCompletion(holder);
    }

    /** Keeps a job from running, as plugins do that limit how many builds run at a time. */
    @TestExtension
    public static final class Throttle extends QueueTaskDispatcher {

        private static volatile Queue.Task stopped;

        @Override
        public CauseOfBlockage canRun(Queue.Item item) {
            return item.task == stopped ? new Throttled() : null;
        }
    }

    private static final class Throttled extends CauseOfBlockage {

        @Override
        public String getShortDescription() {
            return "throttled";
        }
    }

    @Test
    public void eachConfigurationOfAMatrixHasItsOwn() throws Exception {
        MatrixProject project = JENKINS.createProject(MatrixProject.class);
        project.setAxes(new AxisList(new TextAxis("SEED", "1", "2")));
        project.getBuildWrappersList().add(gpus("1"));
        project.getBuildersList().add(SAY);
        JENKINS.jenkins.setNumExecutors(1); // where the parent build runs

        var build = JENKINS.buildAndAssertSuccess(project);

        JENKINS.jenkins.setNumExecutors(0);
        assertEquals(2, build.getExactRuns().size());
        for (Run<?, ?> run : build.getExactRuns()) {
            assertThat(found(run, "shell=(\\S+) of big on big\\."), containsString("GPU-"));
        }
        JENKINS.assertLogNotContains("GPU lease", build);
    }

    /** Jenkins lets them start, since it waits for their parent. */
    @Test
    public void configurationsOfAMatrixThatRunsGetTheirGpusWhileJenkinsQuietsDown() throws Exception {
        FreeStyleBuild holder = start(project(gpus("2"), new HeldBuilder("quiet")));
        MatrixProject project = JENKINS.createProject(MatrixProject.class);
        project.setAxes(new AxisList(new TextAxis("SEED", "1", "2")));
        project.getBuildWrappersList().add(gpus("1"));
        project.getBuildersList().add(SAY);
        JENKINS.jenkins.setNumExecutors(1); // where the parent build runs
        var future = project.scheduleBuild2(0);
        Eventually.await("its configurations wait", () -> Eventually.waiters() == 2);

        JENKINS.jenkins.doQuietDown();
        try {
            HeldBuilder.open("quiet");
            JENKINS.assertBuildStatusSuccess(future.get(60, TimeUnit.SECONDS));
        } finally {
            JENKINS.jenkins.doCancelQuietDown();
            JENKINS.jenkins.setNumExecutors(0);
        }
        JENKINS.waitForCompletion(holder);
    }

    // ---- ends

    @Test
    public void aBuildThatIsAbortedReturnsItsGpus() throws Exception {
        FreeStyleBuild build = start(project(gpus("2"), new HeldBuilder("abort")));

        build.doStop();

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        JENKINS.assertLogContains("GPU lease: returned 2 GPUs of big", build);
    }

    @Test
    public void aBuildWhoseCheckOutFailsReturnsItsGpus() throws Exception {
        FreeStyleProject project = project(gpus("2"), SAY);
        project.setScm(new NoSource());
        project.getPublishersList().add(new LeaseCount());

        FreeStyleBuild build = JENKINS.buildAndAssertStatus(Result.FAILURE, project);

        JENKINS.assertLogContains("no source", build);
        JENKINS.assertLogNotContains("shell=", build);
        JENKINS.assertLogContains("GPU lease: returned 2 GPUs of big", build);
        JENKINS.assertLogContains("leases after the build steps: 0", build);
    }

    /** A check-out that fails. */
    public static final class NoSource extends NullSCM {

        @Override
        public void checkout(
                Run<?, ?> build, Launcher launcher, FilePath workspace, TaskListener listener, File log, SCMRevisionState since)
                throws IOException {
            throw new AbortException("no source");
        }
    }

    /** A post-build action. */
    public static final class LeaseCount extends Recorder {

        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) {
            listener.getLogger().println("leases after the build steps: " + Eventually.leases());
            return true;
        }

        /** It has no form. */
        @TestExtension
        public static final class DescriptorImpl extends BuildStepDescriptor<Publisher> {

            @Override
            public boolean isApplicable(Class<? extends AbstractProject> job) {
                return true;
            }
        }
    }

    @Test
    public void aBuildWhoseLeaseEndedBeforeItBeganDoesntSayThatItsNodeWasRemoved() throws Exception {
        FreeStyleProject project = project(gpus("2"), SAY);
        project.setScm(new LeaseEnd());

        FreeStyleBuild build = JENKINS.buildAndAssertStatus(Result.FAILURE, project);

        JENKINS.assertLogContains("The lease of this build on big ended before the build could begin", build);
        JENKINS.assertLogNotContains("was removed", build);
    }

    /** A check-out during which the lease ends. */
    public static final class LeaseEnd extends NullSCM {

        @Override
        public void checkout(
                Run<?, ?> build, Launcher launcher, FilePath workspace, TaskListener listener, File log, SCMRevisionState since)
                throws IOException {
            GpuTestNodes.view(agent).leases().forEach(lease -> GpuLeases.get().table().release(lease.id()));
        }
    }

    @Test
    public void whatItsStepsLeaveRunningIsEndedBeforeItsLease() throws Exception {
        assumeTrue("Whose a process is can be told on Linux only", Files.isDirectory(Path.of("/proc/self")));
        String left = SharedLoads.on(agent).untilFile("3GB", "/never/there");

        FreeStyleBuild build = JENKINS.buildAndAssertSuccess(project(gpus("1"), new Shell("set +x\n"
                + "sh -c '" + left + "' > left.txt 2>&1 &\n"
                + "until grep -qs 'in use' left.txt; do sleep 0.1; done")));

        JENKINS.assertLogContains("GPU lease: returned 1 GPU of big", build);
        JENKINS.assertLogNotContains("WARNING", build);
        assertTrue(GpuTestNodes.view(agent).devices().stream().allMatch(device -> device.state() == DeviceState.IDLE));
    }

    @Test
    public void aBuildThatIsDeletedWithItsJobHoldsNothing() throws Exception {
        FreeStyleBuild build = start(project(gpus("2"), new HeldBuilder("delete")));

        build.getParent().delete();

        Eventually.await("its lease is gone", () -> Eventually.leases() == 0);
    }

    @Test
    public void whatIsTakenOutOfTheQueueLeavesTheOrder() throws Exception {
        FreeStyleBuild holder = start(project(gpus("2"), new HeldBuilder("cancel")));
        FreeStyleProject project = project(gpus("1"), SAY);
        project.scheduleBuild2(0);
        Eventually.await("it waits", () -> Eventually.waiters() == 1);

        Queue.getInstance().cancel(project);

        Eventually.await("it waits no more", () -> Eventually.waiters() == 0);
        HeldBuilder.open("cancel");
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void whoWaitsForTooLongIsTakenOutOfTheQueueAndTheLogSaysWhy() throws Exception {
        logged.record(QueuedBuild.class, Level.INFO).capture(10);
        FreeStyleBuild holder = start(project(gpus("2"), new HeldBuilder("timeout")));
        GpuBuildWrapper wrapper = gpus("1");
        wrapper.setTimeout("1s");
        FreeStyleProject project = project(wrapper, SAY);
        project.setDisplayName("late\nforged");

        var future = project.scheduleBuild2(0);

        Eventually.await("it is cancelled", future::isCancelled);
        Eventually.await("it waits no more", () -> Eventually.waiters() == 0);
        assertThat(logged.getMessages(), hasItem(containsString(
                "late forged is taken out of the build queue. Waited 1.0 s for 1 GPU on any node")));
        HeldBuilder.open("timeout");
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void whoDoesntWantToWaitIsNotBuilt() throws Exception {
        FreeStyleBuild holder = start(project(gpus("2"), new HeldBuilder("skip")));
        GpuBuildWrapper wrapper = gpus("1");
        wrapper.setSkipIfBusy(true);

        FreeStyleBuild build = JENKINS.buildAndAssertStatus(Result.NOT_BUILT, project(wrapper, SAY));

        JENKINS.assertLogContains("GPU lease: skipped (skipIfBusy):", build);
        JENKINS.assertLogNotContains("shell=", build);
        HeldBuilder.open("skip");
        JENKINS.waitForCompletion(holder);
    }

    @Test
    public void whatNoNodeCanSatisfyFailsAndNamesTheClosest() throws Exception {
        DumbSlave smaller = GpuTestNodes.simulatedAgent(JENKINS, "smaller", "1xT4:16GB", "linux", 1);

        FreeStyleBuild build = JENKINS.buildAndAssertStatus(Result.FAILURE, project(gpus("3"), SAY));

        JENKINS.jenkins.removeNode(smaller);
        JENKINS.assertLogContains("None of the 2 nodes that may be used suffices; closest: big has 2 GPUs, 3 GPUs asked", build);
        JENKINS.assertLogNotContains("shell=", build);
    }

    @Test
    public void aWrongParameterFailsTheBuild() throws Exception {
        FreeStyleBuild build = JENKINS.buildAndAssertStatus(Result.FAILURE, project(gpus("none"), SAY));

        JENKINS.assertLogContains("Lease GPUs: count 'none' is not a whole number", build);
    }

    private static GpuBuildWrapper gpus(String count) {
        GpuBuildWrapper wrapper = new GpuBuildWrapper();
        wrapper.setCount(count);
        return wrapper;
    }

    private static FreeStyleProject project(GpuBuildWrapper wrapper, Builder builder) throws Exception {
        FreeStyleProject project = JENKINS.createFreeStyleProject();
        project.setAssignedLabel(Jenkins.get().getLabel("linux"));
        project.getBuildWrappersList().add(wrapper);
        project.getBuildersList().add(builder);
        return project;
    }

    /** A build that is held in its step. */
    private static FreeStyleBuild start(FreeStyleProject project) throws Exception {
        FreeStyleBuild build = project.scheduleBuild2(0).waitForStart();
        JENKINS.waitForMessage("held by", build);
        return build;
    }

    private static List<String> held(Run<?, ?> build) {
        return GpuTestNodes.view(agent).leases().stream()
                .filter(lease -> lease.holder().name().equals(build.getFullDisplayName()))
                .flatMap(lease -> lease.uuids().stream())
                .toList();
    }

    private static String found(Run<?, ?> build, String regex) throws Exception {
        String log = JenkinsRule.getLog(build);
        Matcher matcher = Pattern.compile(regex).matcher(log);
        assertTrue(regex + " in\n" + log, matcher.find());
        return matcher.group(1);
    }
}
