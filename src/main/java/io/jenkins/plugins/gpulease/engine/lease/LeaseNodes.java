package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.util.Collection;
import java.util.Map;

/** What a {@link LeaseTable} is told of nodes and their devices, by whoever looks at them. Thread-safe. */
public abstract class LeaseNodes extends LeaseControls {

    private final Registry registry;
    private final Serving serving;

    LeaseNodes(Placement placement, Registry registry, Serving serving) {
        super(placement, registry, serving);
        this.registry = registry;
        this.serving = serving;
    }

    /**
     * Takes a node's devices as they were just read; the node is reachable. Devices in leases stay in them, gone or not.
     * Requests that can never be satisfied by what is there now fail. A reading that
     * {@linkplain Inventory.Status#FAILED failed} says nothing of the devices: the known ones stay, as unknown.
     */
    public void setInventory(@NonNull String node, @NonNull Inventory inventory) {
        registry.change(() -> {
            NodePool pool = registry.node(node);
            pool.setInventory(inventory);
            serving.reconsider(pool);
        });
    }

    /**
     * The node can't be asked now: nothing is handed out there until the next {@link #setInventory}; leases and waiters stay.
     *
     * @param reason for people
     */
    public void setUnreachable(@NonNull String node, @NonNull String reason) {
        registry.change(() -> {
            NodePool pool = registry.node(node);
            pool.setUnreachable(reason);
            serving.serve(pool);
        });
    }

    /**
     * The node is gone for good: its leases end, its waiters fail with {@link LeaseFailure.Kind#NODE_REMOVED}. The custodian
     * is asked all the same to take the leases back, as far as it can.
     */
    public void removeNode(@NonNull String node) {
        registry.change(() -> {
            NodePool pool = registry.nodes().remove(node);
            if (pool != null) {
                pool.remove();
                serving.removed(pool);
            }
        });
    }

    /**
     * Takes what a later look at devices says: occupied and quarantined ones become idle when clean; idle ones leave the idle
     * ones when not clean. Devices that are offered, leased or returning aren't touched, but for a sick verdict, which
     * puts them into quarantine after their lease. Nodes and devices that aren't known are ignored. Without verdicts, and
     * cheaply, devices are offered again to requests that they didn't suit half a minute ago, as for too little free memory.
     */
    public void observe(@NonNull String node, @NonNull Map<String, Verdict> verdicts) {
        registry.change(() -> {
            NodePool pool = registry.nodes().get(node);
            if (pool != null) {
                serving.observe(pool, verdicts);
            }
        });
    }

    /**
     * Candidates answer differently now: executors became idle, or are idle no longer; nodes, labels or clouds have changed.
     *
     * @param nodes names of those where it matters; unknown ones are ignored
     */
    public void roomChanged(@NonNull Collection<String> nodes) {
        registry.change(() -> serving.roomChanged(nodes));
    }
}
