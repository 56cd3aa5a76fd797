package io.jenkins.plugins.gpulease.queue;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.sun.management.ThreadMXBean;
import hudson.model.FreeStyleProject;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import hudson.slaves.DumbSlave;
import hudson.slaves.JNLPLauncher;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** What the queue asks for each item and each node, under its lock. */
public class DispatcherCostTest {

    private static final int ITEMS = 10_000;
    private static final int NODES = 1_250;

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private final ItemGates<CauseOfBlockage> gates = new ItemGates<>();
    private final GpuDispatcher dispatcher = new GpuDispatcher(new QueuedItems(gates));

    /** Of five items one has nothing to do with GPUs, one isn't resolved, two wait, and one has its lease. */
    private List<Queue.BuildableItem> items() throws Exception {
        FreeStyleProject task = JENKINS.createFreeStyleProject();
        List<Queue.BuildableItem> items = new ArrayList<>();
        for (int i = 0; i < ITEMS; i++) {
            Queue.BuildableItem item =
                    new Queue.BuildableItem(new Queue.WaitingItem(Calendar.getInstance(), task, List.of()));
            items.add(item);
            if (i % 5 == 1) {
                gates.put(item.getId(), QueuedItems.UNRESOLVED);
            } else if (i % 5 > 1) {
                gates.put(item.getId(), request("r" + i, i % 5 == 4));
            }
        }
        return items;
    }

    private static QueuedRequest request(String id, boolean held) {
        Holder holder = new Holder(id, "build " + id);
        QueuedRequest request =
                new QueuedRequest(new LeaseRequest(id, null, DeviceRequest.of(1), holder, 0, null, false), null, null, new Nobody());
        if (held) {
            request.resume(new Lease(id, "agent-7", List.of(Gpus.h100(0)), null, holder, null, Instant.EPOCH, Instant.EPOCH));
        }
        return request;
    }

    private static List<Node> nodes() throws Exception {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(new DumbSlave("agent-" + i, "/nowhere", new JNLPLauncher()));
        }
        return nodes;
    }

    private long ask(List<Queue.BuildableItem> items, List<Node> nodes) {
        long blocked = 0;
        for (int i = 0; i < items.size(); i++) {
            for (int n = 0; n < nodes.size(); n++) {
                if (dispatcher.canTake(nodes.get(n), items.get(i)) != null) {
                    blocked++;
                }
            }
        }
        return blocked;
    }

    @Test
    public void tenThousandItemsOnAThousandNodesMakeNoObject() throws Exception {
        List<Queue.BuildableItem> items = items();
        List<Node> nodes = nodes();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        threads.getThreadAllocatedBytes(thread);
        ask(items.subList(0, 10), nodes.subList(0, 10)); // what is called first loads classes
        long start = System.nanoTime();
        long before = threads.getThreadAllocatedBytes(thread);
        long nothing = threads.getThreadAllocatedBytes(thread) - before;

        before = threads.getThreadAllocatedBytes(thread);
        long blocked = ask(items, nodes);
        long allocated = threads.getThreadAllocatedBytes(thread) - before - nothing;

        assertEquals(0, allocated);
        assertEquals(ITEMS / 5L * (NODES + 2 * NODES + NODES - 1), blocked);
        System.out.println(ITEMS * (long) NODES + " answers in " + (System.nanoTime() - start) / 1_000_000 + " ms");
    }

    @Test
    public void whatMakesObjectsIsSeen() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        Object[] kept = new Object[1_000];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new Object();
        }

        assertTrue(threads.getThreadAllocatedBytes(thread) - before >= 16_000);
    }

    /** Isn't told anything. */
    static class Nobody implements RequestListener {
        @Override
        public void onAsking(Instant askedAt, Instant waitsSince) {
            throw new AssertionError();
        }

        @Override
        public void onWithdrawn() {
            throw new AssertionError();
        }

        @Override
        public void starting(Lease lease) {
            throw new AssertionError();
        }

        @Override
        public void onStarted(Lease lease) {
            throw new AssertionError();
        }

        @Override
        public void onDeclined(Lease lease, String why) {
            throw new AssertionError();
        }

        @Override
        public void onRefused(LeaseFailure failure) {
            throw new AssertionError();
        }
    }
}
