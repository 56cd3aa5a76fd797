package io.jenkins.plugins.gpulease.queue;

import static io.jenkins.plugins.gpulease.Builds.start;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.Slave;
import hudson.model.queue.CauseOfBlockage;
import hudson.slaves.NodeProperty;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class HeldMonitorsTest {

    private static final AtomicInteger ASKED = new AtomicInteger();

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    @Test
    public void theQueueGoesOnWhileEveryMonitorOfOursIsHeld() throws Exception {
        Slave agent = GpuTestNodes.simulatedAgent(jenkins, "agent", "1xT4:16GB", "linux", 2);
        agent.getNodeProperties().add(new Counting());
        WorkflowRun holder = start(jenkins, "node('linux') { gpu { semaphore 'held' } }");
        SemaphoreStep.waitForStart("held/1", holder);
        WorkflowRun build = start(jenkins, "gpu { node('linux') { echo 'body' } }");
        Eventually.await("it waits", () -> Eventually.waiters() == 1 && Queue.getInstance().getBuildableItems().size() == 1);

        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        CompletableFuture<Void> holding = CompletableFuture.runAsync(() -> hold(monitors().iterator(), held, over));
        try {
            assertTrue(held.await(60, TimeUnit.SECONDS));
            int before = ASKED.get();
            CompletableFuture.runAsync(() -> Queue.getInstance().maintain()).get(60, TimeUnit.SECONDS);
            CompletableFuture.runAsync(() -> Queue.withLock((Runnable) () -> NodeRooms.get().lookSoon())).get(60, TimeUnit.SECONDS);
            assertTrue("it was offered the agent", ASKED.get() > before);
            assertEquals(1, Queue.getInstance().getBuildableItems().size());
        } finally {
            over.countDown();
            holding.get(60, TimeUnit.SECONDS);
        }
        SemaphoreStep.success("held/1", null);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        jenkins.waitForCompletion(holder);
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    private static void hold(Iterator<Object> monitors, CountDownLatch held, CountDownLatch over) {
        if (monitors.hasNext()) {
            synchronized (monitors.next()) {
                hold(monitors, held, over);
            }
            return;
        }
        held.countDown();
        try {
            over.await(5, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The lock of the table, and the monitors of what knows of the items in the queue. */
    private static List<Object> monitors() {
        ItemGates<?> gates = (ItemGates<?>) field(QueuedItems.get(), "gates");
        List<Object> monitors = new ArrayList<>(gates.all());
        assertTrue(monitors.get(0) instanceof QueuedRequest);
        monitors.add(field(monitors.get(0), "inOrder"));
        monitors.add(gates);
        monitors.add(field(NodeRooms.get(), "known"));
        monitors.add(field(field(NodeRooms.get(), "roomLook"), "order"));
        monitors.add(field(field(NodeRooms.get(), "labelLook"), "order"));
        monitors.add(field(field(GpuLeases.get().table(), "registry"), "lock"));
        return monitors;
    }

    private static Object field(Object owner, String name) {
        try {
            Field field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(owner);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** Sees whether items are offered a node. */
    private static final class Counting extends NodeProperty<Node> {
        @Override
        public CauseOfBlockage canTake(Queue.BuildableItem item) {
            ASKED.incrementAndGet();
            return null;
        }
    }
}
