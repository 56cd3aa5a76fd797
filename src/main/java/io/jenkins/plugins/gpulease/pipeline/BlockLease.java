package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.build.StoredLease;
import java.io.Serializable;
import java.util.UUID;

/** The lease of a block that isn't inside a node, as the block and the steps in it see it: none until its first node starts. */
final class BlockLease implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String id = UUID.randomUUID().toString();

    @CheckForNull
    private volatile StoredLease lease;

    /** Of the request, and of the lease once there is one. */
    @NonNull
    String id() {
        return id;
    }

    @CheckForNull
    StoredLease lease() {
        return lease;
    }

    void holds(@NonNull StoredLease held) {
        lease = held;
    }

    boolean isOn(@NonNull String node) {
        StoredLease held = lease;
        return held != null && held.node().equals(node);
    }
}
