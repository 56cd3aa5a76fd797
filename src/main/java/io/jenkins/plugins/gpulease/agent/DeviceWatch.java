package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Computer;
import hudson.model.PeriodicWork;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Watches the nodes on which something goes on: leases, devices that aren't clean, probes that fail. Leaves the others alone. */
@Extension
public final class DeviceWatch extends PeriodicWork {

    @Override
    public long getRecurrencePeriod() {
        return TimeUnit.SECONDS.toMillis(5);
    }

    @Override
    protected void doRun() {
        LeaseTable table = GpuLeases.get().table();
        tryAgain(table);
        table.views().forEach(DeviceWatch::watch);
    }

    /** Has requests tried again that left devices or nodes to others; of those that float, every node may have been left. */
    static void tryAgain(@NonNull LeaseTable table) {
        boolean anyFloats = !table.floating().isEmpty();
        for (NodeView view : table.views()) {
            if (anyFloats || !view.waiters().isEmpty()) {
                table.observe(view.node(), Map.of());
            }
        }
    }

    private static void watch(NodeView view) {
        Computer computer = NodeNames.computer(view.node());
        if (computer == null || computer.getChannel() == null) {
            return;
        }
        NodeProbe probe = GpuNodes.get().of(view.node());
        if (view.unreachable() != null || !isRead(view.inventory().status())) {
            probe.retry();
        } else if (probe.probe() != null) {
            probe.watch(view);
        }
    }

    private static boolean isRead(Inventory.Status status) {
        return status != Inventory.Status.FAILED && status != Inventory.Status.UNKNOWN;
    }
}
