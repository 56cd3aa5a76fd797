package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How many leases a second the table itself takes: 1,250 nodes with 8 devices, and 10,000 requests that wait; one thread, a
 * custodian that answers at once. Run it by its main method; it prints one line for each of five rounds.
 */
public final class LeaseTableBenchmark {

    private static final int NODES = 1_250;
    private static final int DEVICES = 8;
    private static final int WAITERS = 10_000;
    private static final int PAIRS = 400_000;

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Deque<String> granted = new ArrayDeque<>();
    private final LeaseTable table =
            new LeaseTable(new BestPlacement(), new CleanCustodian(), tasks::add, Clock.systemUTC());
    private int ids;

    private LeaseTableBenchmark() {}

    public static void main(String[] args) {
        LeaseTableBenchmark benchmark = new LeaseTableBenchmark();
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        benchmark.fill();
        for (int round = 1; round <= 5; round++) {
            long start = cpu.getCurrentThreadCpuTime();
            benchmark.handOver();
            double seconds = (cpu.getCurrentThreadCpuTime() - start) / 1e9;
            System.out.printf(
                    "round %d: %,.0f leases a second of processor time; %d leases, %d waiters%n",
                    round, PAIRS / seconds, benchmark.table.leaseCount(), benchmark.table.waiterCount());
        }
    }

    /** Leases every device, and puts as many waiters on each node as on the others. */
    private void fill() {
        for (int node = 0; node < NODES; node++) {
            table.setInventory("agent-" + node, Gpus.inventory(IntStream.range(0, DEVICES).mapToObj(Gpus::h100).toList()));
        }
        for (int i = 0; i < NODES * DEVICES + WAITERS; i++) {
            request(i % NODES);
        }
        work();
    }

    /** Each release serves a waiter, whose place a new one takes. */
    private void handOver() {
        for (int i = 0; i < PAIRS; i++) {
            String lease = granted.remove();
            int node = Integer.parseInt(lease.substring(lease.indexOf('@') + 1));
            table.release(lease);
            request(node);
            work();
        }
    }

    private void request(int node) {
        String id = ids++ + "@" + node;
        table.request(
                new LeaseRequest(id, "agent-" + node, DeviceRequest.of(1), new Holder(id, id), 0, null, false),
                new GrantListener() {
                    @Override
                    public void onGranted(Lease lease) {
                        granted.add(lease.id());
                    }

                    @Override
                    public void onFailed(LeaseFailure failure) {
                        throw new AssertionError(failure);
                    }
                });
    }

    private void work() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private static final class CleanCustodian implements Custodian {

        @Override
        public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
            return CompletableFuture.completedFuture(clean(lease));
        }

        @Override
        public CompletionStage<Returned> takeBack(Lease lease) {
            return CompletableFuture.completedFuture(new Returned(clean(lease), LeaseUsage.UNKNOWN));
        }

        private static Map<String, Verdict> clean(Lease lease) {
            return lease.devices().stream().collect(Collectors.toMap(Device::uuid, device -> Verdict.CLEAN));
        }
    }
}
