package io.jenkins.plugins.gpulease.queue;

import static io.jenkins.plugins.gpulease.Builds.start;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.ExtensionList;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Queue;
import hudson.model.Slave;
import hudson.model.queue.QueueTaskFuture;
import hudson.slaves.Cloud;
import hudson.slaves.NodeProvisioner.PlannedNode;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;

/** How nodes, labels and clouds are looked at while somebody waits. */
public class NodeLooksTest {

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    private final WatchedCloud cloud = new WatchedCloud();
    private WorkflowRun waiting;

    @Before
    public void somebodyWaitsForWhatTheCloudMayBring() throws Exception {
        jenkins.jenkins.clouds.add(cloud);
        waiting = start(jenkins, "gpu { node('cloudy') { error 'must not run' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1);
    }

    @After
    public void nothingIsLeft() throws Exception {
        cloud.gate = null;
        cloud.goOn.release(1_000);
        waiting.doStop();
        jenkins.waitForCompletion(waiting);
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    /** As some plugins do that remove agents after use. */
    @Test
    public void aNodeThatIsRemovedUnderTheLockOfTheQueueHasNobodyAskedThere() throws Exception {
        Slave agent = jenkins.createSlave("short-lived", "linux", null);
        cloud.asked.clear();

        Queue.withLock(() -> {
            jenkins.jenkins.removeNode(agent);
            return null;
        });

        Eventually.await("the cloud is asked after that", () -> !cloud.asked.isEmpty());
        assertFalse(cloud.asked.contains(Thread.currentThread()));
    }

    @Test
    public void oneLookComesAfterTheOther() throws Exception {
        CountDownLatch first = cloud.close();
        NodeRooms.get().lookSoon();
        assertTrue(first.await(60, TimeUnit.SECONDS));
        CountDownLatch second = cloud.close();
        NodeRooms.get().lookSoon();

        assertFalse(second.await(300, TimeUnit.MILLISECONDS));
        cloud.goOn.release();
        assertTrue(second.await(60, TimeUnit.SECONDS));
    }

    /** Whoever asks for a label after a node has come reckons with that node, however many looks are under way. */
    @Test
    public void aNodeThatHasComeCountsForTheNextRequestWhileALookIsUnderWay() throws Exception {
        CountDownLatch entered = cloud.close();
        NodeRooms.get().lookSoon();
        assertTrue(entered.await(60, TimeUnit.SECONDS));
        GpuTestNodes.simulatedAgent(jenkins, "late", "1xT4:16GB", "cloudy", 1);
        cloud.brings = false;
        WorkflowRun build = start(jenkins, "gpu(model: 'T4') { node('cloudy') { echo 'body' } }");
        cloud.gate = null;
        cloud.goOn.release();

        jenkins.waitForCompletion(waiting); // it comes first, and fails in its body
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    @Test
    public void anExecutorThatBecomesIdleIsSeenWhileACloudHangs() throws Exception {
        GpuTestNodes.simulatedAgent(jenkins, "agent", "1xT4:16GB", "linux", 1);
        WorkflowRun busy = start(jenkins, "node('linux') { semaphore 'busy' }");
        SemaphoreStep.waitForStart("busy/1", busy);
        WorkflowRun build = start(jenkins, "gpu { node('linux') { echo 'body' } }");
        jenkins.waitForMessage("no executor idle", build);
        hang();

        SemaphoreStep.success("busy/1", null);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        jenkins.waitForCompletion(busy);
    }

    @Test
    public void aRequestForAnotherLabelIsServedWhileACloudHangs() throws Exception {
        GpuTestNodes.simulatedAgent(jenkins, "agent", "1xT4:16GB", "linux", 1);
        hang();

        WorkflowRun build = start(jenkins, "gpu { node('linux') { echo 'body' } }");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    @Test
    public void anItemIsResolvedOnceAtATimeAndAgainForWhatChangedMeanwhile() throws Exception {
        SlowResolver resolver = ExtensionList.lookupSingleton(SlowResolver.class);
        FreeStyleProject project = jenkins.createFreeStyleProject("slow");
        QueueTaskFuture<FreeStyleBuild> build = project.scheduleBuild2(0);
        assertTrue(resolver.asked.tryAcquire(60, TimeUnit.SECONDS));

        for (int i = 0; i < 50; i++) {
            QueuedItems.get().resolveAgain();
        }

        assertFalse(resolver.asked.tryAcquire(300, TimeUnit.MILLISECONDS));
        resolver.goOn.release();
        assertTrue(resolver.asked.tryAcquire(60, TimeUnit.SECONDS));
        resolver.free = true;
        resolver.goOn.release();
        jenkins.assertBuildStatusSuccess(build.get(60, TimeUnit.SECONDS));
    }

    private void hang() throws InterruptedException {
        CountDownLatch entered = cloud.close();
        NodeRooms.get().lookSoon();
        assertTrue(entered.await(60, TimeUnit.SECONDS));
    }

    /** Takes its time for the job "slow". */
    @TestExtension("anItemIsResolvedOnceAtATimeAndAgainForWhatChangedMeanwhile")
    public static final class SlowResolver implements ItemResolver {

        private final Semaphore asked = new Semaphore(0);
        private final Semaphore goOn = new Semaphore(0);
        private volatile boolean free;

        @Override
        public boolean mayConcern(Queue.Item item, boolean resumed) {
            return item.task instanceof FreeStyleProject;
        }

        @Override
        public Resolution resolve(Queue.Item item, boolean mayLoad) {
            asked.release();
            goOn.acquireUninterruptibly();
            return free ? Resolution.FREE : Resolution.LATER;
        }
    }

    /** Notes who asks it for the plugin, and may keep them waiting. */
    private static final class WatchedCloud extends Cloud {

        private final transient Set<Thread> asked = ConcurrentHashMap.newKeySet();
        private final transient Semaphore goOn = new Semaphore(0);
        private transient volatile CountDownLatch gate;
        private transient volatile boolean brings = true;

        WatchedCloud() {
            super("watched");
        }

        /** Holds the next look up, until it may go on; the latch tells that it has come. */
        CountDownLatch close() {
            CountDownLatch closed = new CountDownLatch(1);
            gate = closed;
            return closed;
        }

        @Override
        public boolean canProvision(CloudState state) {
            boolean ours = StackWalker.getInstance().walk(frames ->
                    frames.anyMatch(frame -> frame.getClassName().equals(LabelReach.class.getName())));
            if (ours) {
                asked.add(Thread.currentThread());
                CountDownLatch entered = gate;
                if (entered != null) {
                    entered.countDown();
                    goOn.acquireUninterruptibly();
                }
            }
            return brings;
        }

        @Override
        public Collection<PlannedNode> provision(CloudState state, int excessWorkload) {
            return List.of();
        }
    }
}
