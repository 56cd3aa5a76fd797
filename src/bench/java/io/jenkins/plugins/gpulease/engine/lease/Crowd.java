package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Clock;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/** A table in which every device is leased, and as many requests wait at each node; its custodian answers at once. */
public final class Crowd {

    static final int DEVICES = 8;

    private final LeaseTable table;
    private final int nodes;
    private final Queue<Lease> granted = new ConcurrentLinkedQueue<>();
    private int ids;

    /** How large it is. */
    public enum Size {
        SMALL(10, 10),
        LARGE(1_250, 10_000);

        private final int nodes;
        private final int waiters;

        Size(int nodes, int waiters) {
            this.nodes = nodes;
            this.waiters = waiters;
        }
    }

    Crowd(Size size, Executor executor) {
        table = new LeaseTable(new BestPlacement(), new Clean(), executor, Clock.systemUTC());
        nodes = size.nodes;
        for (int node = 0; node < nodes; node++) {
            table.setInventory(name(node), Gpus.h100s(DEVICES));
        }
        for (int i = 0; i < devices() + size.waiters; i++) {
            ask(name(i % nodes));
        }
    }

    private static String name(int node) {
        return "agent-" + node;
    }

    /** One more request for one device. */
    void ask(String node) {
        String id = "r" + ids++;
        table.request(
                new LeaseRequest(id, node, DeviceRequest.of(1), new Holder(id, id), 0, null, false), new GrantListener() {
                    @Override
                    public void onGranted(Lease lease) {
                        granted.add(lease);
                    }

                    @Override
                    public void onFailed(LeaseFailure failure) {
                        throw new AssertionError(failure);
                    }
                });
    }

    /** The oldest lease that was granted and not taken from here before; null if there is none. */
    Lease poll() {
        return granted.poll();
    }

    void release(Lease lease) {
        table.release(lease.id());
    }

    int leases() {
        return table.leaseCount();
    }

    int devices() {
        return nodes * DEVICES;
    }

    /** Every device is clean, always. */
    private static final class Clean implements Custodian {

        private static final Map<String, Verdict> VERDICTS = Gpus.h100s(DEVICES).devices().stream()
                .collect(Collectors.toUnmodifiableMap(Device::uuid, device -> Verdict.CLEAN));
        private static final CompletableFuture<Map<String, Verdict>> HANDED_OUT = CompletableFuture.completedFuture(VERDICTS);
        private static final CompletableFuture<Returned> TAKEN_BACK =
                CompletableFuture.completedFuture(new Returned(VERDICTS, LeaseUsage.UNKNOWN));

        @Override
        public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
            return HANDED_OUT;
        }

        @Override
        public CompletionStage<Returned> takeBack(Lease lease) {
            return TAKEN_BACK;
        }
    }
}
