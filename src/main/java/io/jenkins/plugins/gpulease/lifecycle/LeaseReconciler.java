package io.jenkins.plugins.gpulease.lifecycle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.PeriodicWork;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.build.LiveHolders;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Ends leases and requests that no running block or build stands for, and forgets nodes that are no more: the net under the callbacks
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
        Map<String, Holder> holders = holders(before, GpuLeases.get().table().floating());
        holders.keySet().removeAll(LiveHolders.allIds());
        judgeNodes(before);
        if (holders.isEmpty()) {
            judge(holders, Set.of());
            return CompletableFuture.completedFuture(null);
        }
        return LiveBlocks.of(holders.values()).thenAcceptAsync(blocks -> {
            if (blocks.allTold()) { // else the next pass will know more
                judge(holders, blocks.ids());
            }
        }, GpuLeases.get().executor());
    }

    /** What is in the table must have had its block before the blocks were counted, so it is looked at first. */
    private synchronized void judge(Map<String, Holder> holders, Set<String> live) {
        Set<String> suspects = suspectIds;
        Map<String, Holder> strays = new HashMap<>(holders);
        strays.keySet().removeAll(live);
        strays.forEach((id, holder) -> {
            if (suspects.contains(id)) {
                LOGGER.log(Level.WARNING, "No running block or build of {0} stands for GPU lease or request {1} any more; it is ended",
                        new Object[] {holder, id});
                BuildLeases.end(id, holder);
            }
        });
        suspectIds = Set.copyOf(strays.keySet());
    }

    private synchronized void judgeNodes(List<NodeView> views) {
        Set<String> nodes = views.stream().map(NodeView::node).collect(Collectors.toSet());
        nodes.removeIf(node -> NodeNames.node(node) != null);
        nodes.stream().filter(suspectNodes::contains).forEach(LeaseReconciler::forget);
        suspectNodes = nodes;
    }

    /** Of all leases and requests, by id. */
    private static Map<String, Holder> holders(List<NodeView> views, List<WaiterView> floating) {
        Map<String, Holder> holders = new HashMap<>();
        floating.forEach(waiter -> holders.put(waiter.request().id(), waiter.request().holder()));
        for (NodeView view : views) {
            view.leases().forEach(lease -> holders.put(lease.id(), lease.holder()));
            view.waiters().forEach(waiter -> holders.put(waiter.request().id(), waiter.request().holder()));
        }
        return holders;
    }

    private static void forget(String node) {
        LOGGER.log(Level.FINE, "Node {0} is no more; its GPUs are forgotten", node);
        NodeEnd.forget(node);
    }
}
