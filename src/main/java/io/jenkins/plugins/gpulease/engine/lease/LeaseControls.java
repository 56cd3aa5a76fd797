package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.placement.Placement;

/** What a person decides about the devices of a {@link LeaseTable}. Thread-safe. */
public abstract class LeaseControls extends LeaseViews {

    private final Registry registry;
    private final Serving serving;

    LeaseControls(Placement placement, Registry registry, Serving serving) {
        super(placement, registry, serving);
        this.registry = registry;
        this.serving = serving;
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
