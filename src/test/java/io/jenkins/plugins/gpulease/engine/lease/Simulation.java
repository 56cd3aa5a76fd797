package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.TestClock;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * A {@link LeaseTable} under a {@link Workload}, in virtual time: days pass in a second. Verifying devices takes no time, and
 * there is always an executor for those that may run on any node.
 */
final class Simulation {

    private static final Candidates ANYWHERE = new Candidates() {
        @Override
        public boolean mayUse(String node) {
            return true;
        }

        @Override
        public String title() {
            return "any node";
        }

        @Override
        public String noNode() {
            return "There is no node";
        }

        @Override
        public boolean takesTasks(String node) {
            return true;
        }

        @Override
        public int room(String node) {
            return Integer.MAX_VALUE / 2;
        }

        @Override
        public boolean mayGrow() {
            return false;
        }
    };

    private final Workload workload;
    private final TestClock clock = TestClock.standing();
    private final ManualExecutor executor = new ManualExecutor();
    private final LeaseTable table;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final SimulationResult result;
    private long now;
    private long numbers;

    private record Event(long at, long number, Runnable what) {}

    private Simulation(Workload workload, int maxOvertakes, Duration warmUp) {
        this.workload = workload;
        this.table = new LeaseTable(new BestPlacement(), new Clean(), executor, clock, maxOvertakes);
        this.result = new SimulationResult(workload, warmUp);
        for (int node = 0; node < workload.nodes(); node++) {
            table.setInventory(name(node), Gpus.h100s(Workload.DEVICES));
        }
    }

    /**
     * @param maxOvertakes {@link Integer#MAX_VALUE} keeps no devices for anybody
     * @param warmUp what happens before isn't part of the result
     */
    static SimulationResult run(Workload workload, long seed, int maxOvertakes, Duration warmUp) {
        Simulation simulation = new Simulation(workload, maxOvertakes, warmUp);
        List<Workload.Job> jobs = workload.jobs(seed);
        jobs.forEach(job -> simulation.at(job.arrival(), () -> simulation.arrive(job)));
        simulation.runAll();
        return simulation.result;
    }

    private static String name(int node) {
        return "agent-" + node;
    }

    private void at(long time, Runnable what) {
        events.add(new Event(time, numbers++, what));
    }

    /** Until the last one has arrived: with more work than can be done, what follows is another situation. */
    private void runAll() {
        long end = workload.length().toMillis();
        for (Event event = events.poll(); event != null && event.at < end; event = events.poll()) {
            clock.pass(Duration.ofMillis(event.at - now));
            now = event.at;
            event.what.run();
            executor.runAll();
        }
    }

    private void arrive(Workload.Job job) {
        result.arrived(job);
        String id = "job " + job.number();
        LeaseRequest request = new LeaseRequest(id, job.node() < 0 ? null : name(job.node()), DeviceRequest.of(job.size()),
                new Holder(id, id), job.priority(), null, false);
        if (job.node() < 0) {
            table.requestAnywhere(request, ANYWHERE, new Start(job));
        } else {
            table.request(request, new Start(job));
        }
        if (job.number() % 100 == 0) {
            result.overtaken(mostOvertaken());
        }
    }

    private int mostOvertaken() {
        List<WaiterView> waiters = new ArrayList<>(table.floating());
        table.views().forEach(node -> waiters.addAll(node.waiters()));
        return waiters.stream().mapToInt(WaiterView::overtaken).max().orElse(0);
    }

    /** What a build does once it has its GPUs: run, and give them back. */
    private final class Start implements GrantListener {

        private final Workload.Job job;

        Start(Workload.Job job) {
            this.job = job;
        }

        @Override
        public void onGranted(Lease lease) {
            table.started(lease.id());
            result.started(job, now);
            at(now + job.run(), () -> table.release(lease.id()));
        }

        @Override
        public void onFailed(LeaseFailure failure) {
            throw new AssertionError(failure.message());
        }
    }

    /** Every device is clean, always. */
    private static final class Clean implements Custodian {

        private static final Map<String, Verdict> VERDICTS = Gpus.h100s(Workload.DEVICES).devices().stream()
                .collect(Collectors.toUnmodifiableMap(Device::uuid, device -> Verdict.CLEAN));

        @Override
        public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
            return CompletableFuture.completedFuture(VERDICTS);
        }

        @Override
        public CompletionStage<Returned> takeBack(Lease lease) {
            return CompletableFuture.completedFuture(new Returned(VERDICTS, LeaseUsage.UNKNOWN));
        }
    }
}
