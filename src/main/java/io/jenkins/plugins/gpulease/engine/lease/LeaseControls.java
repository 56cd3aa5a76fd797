package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.time.Duration;

/** What people decide about the order and the devices of a {@link LeaseTable}. Thread-safe. */
public abstract class LeaseControls extends LeaseViews {

    private final Registry registry;
    private final Serving serving;

    LeaseControls(Placement placement, Registry registry, Serving serving) {
        super(placement, registry, serving);
        this.registry = registry;
        this.serving = serving;
    }

    /**
     * How often a request may be overtaken from now on. Who was overtaken more often already has devices kept for it at once.
     *
     * @param most 0 or more; 0 for strict order
     * @throws IllegalArgumentException if it is negative
     */
    public void setMaxOvertakes(int most) {
        registry.change(() -> {
            registry.fairness().setMaxOvertakes(most);
            serving.sortAnew();
        });
    }

    /**
     * How long a request waits until it counts as one of the next higher priority, so that nobody is starved by a stream of
     * higher ones.
     *
     * @param interval up to {@link LeaseTable#MAX_AGEING}; zero for priorities that don't age
     * @throws IllegalArgumentException if it is out of range
     */
    public void setAgeing(@NonNull Duration interval) {
        registry.change(() -> {
            registry.fairness().setAgeing(interval);
            serving.sortAnew();
        });
    }

    /**
     * Sets how much memory of each of a node's devices isn't promised to leases that share it; {@link LeaseTable#DEFAULT_MARGIN} at
     * first. Who has a device goes on.
     */
    public void setMargin(@NonNull String node, @NonNull MemorySize margin) {
        registry.change(() -> {
            NodePool pool = registry.node(node);
            if (!pool.margin().equals(margin)) {
                pool.setMargin(margin);
                pool.root().forgetMatches();
                serving.reconsider(pool);
            }
        });
    }

    /**
     * Takes a device out of service: who has it, or is just being offered it, goes on, and nobody else gets it until it is put back.
     * Requests that only it suits wait on; who asks for all devices doesn't wait for it. It needn't be known yet, and stays
     * drained when it comes, goes, or turns up on another node. Idempotent.
     *
     * @param uuid of a GPU, which takes its MIG instances with it, or of an instance
     * @param reason for people; it takes the place of an earlier one
     */
    public void drain(@NonNull String uuid, @NonNull String reason) {
        registry.change(() -> serving.drain(uuid, reason));
    }

    /** Puts a device back into service. Idempotent. */
    public void undrain(@NonNull String uuid) {
        registry.change(() -> serving.drain(uuid, null));
    }
}
