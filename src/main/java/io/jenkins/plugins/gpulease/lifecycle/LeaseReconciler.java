package io.jenkins.plugins.gpulease.lifecycle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.PeriodicWork;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Ends leases and requests that no running block stands for, and forgets nodes that are no more: the net under the callbacks
 * and listeners. It acts on what it finds in two passes running, so that a state in transition is not misread.
 */
@Extension
public final class LeaseReconciler extends PeriodicWork {

    private static final Logger LOGGER = Logger.getLogger(LeaseReconciler.class.getName());

    private Set<String> suspectIds = Set.of();
    private Set<String> suspectNodes = Set.of();

    @Override
    public long getRecurrencePeriod() {
        return Duration.ofSeconds(30).toMillis();
    }

    @Override
    protected void doRun() {
        pass();
    }

    /** One pass, which is over when the future is complete. */
    @NonNull
    CompletableFuture<Void> pass() {
        List<NodeView> before = GpuLeases.get().table().views();
        return LiveBlocks.find().thenAcceptAsync(blocks -> judge(before, blocks), GpuLeases.get().executor());
    }

    /** What is in the table must have had its block before the blocks were counted, so it is looked at first. */
    private synchronized void judge(List<NodeView> views, LiveBlocks blocks) {
        Set<String> ids = ids(views);
        ids.removeAll(blocks.ids());
        ids.stream().filter(suspectIds::contains).forEach(LeaseReconciler::end);
        suspectIds = ids;

        Set<String> nodes = views.stream().map(NodeView::node).collect(Collectors.toSet());
        nodes.removeIf(node -> NodeNames.node(node) != null);
        nodes.stream().filter(suspectNodes::contains).forEach(LeaseReconciler::forget);
        suspectNodes = nodes;
    }

    private static Set<String> ids(List<NodeView> views) {
        Set<String> ids = new HashSet<>();
        for (NodeView view : views) {
            view.leases().stream().map(Lease::id).forEach(ids::add);
            view.waiters().forEach(waiter -> ids.add(waiter.request().id()));
        }
        return ids;
    }

    private static void end(String id) {
        LOGGER.log(Level.WARNING, "No running build stands for GPU lease or request {0} any more; it is ended", id);
        LeaseTable table = GpuLeases.get().table();
        table.cancel(id);
        table.release(id);
    }

    private static void forget(String node) {
        LOGGER.log(Level.FINE, "Node {0} is no more; its GPUs are forgotten", node);
        GpuLeases.get().table().removeNode(node);
    }
}
