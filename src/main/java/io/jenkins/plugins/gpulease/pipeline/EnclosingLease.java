package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * Tells the steps of a {@code gpu} block which leases they are in, so that a {@code gpu} block among them takes its devices out
 * of the one on its own node. Stored with the Pipeline.
 */
final class EnclosingLease implements Serializable {

    private static final long serialVersionUID = 1L;

    @CheckForNull
    private final String leaseId;

    @CheckForNull
    private final String node;

    /** Of a block that isn't inside a node; then the two above are null. */
    @CheckForNull
    private final BlockLease block;

    @CheckForNull
    private final EnclosingLease outer;

    EnclosingLease(@NonNull String leaseId, @NonNull String node, @CheckForNull EnclosingLease outer) {
        this.leaseId = leaseId;
        this.node = node;
        this.block = null;
        this.outer = outer;
    }

    EnclosingLease(@NonNull BlockLease block, @CheckForNull EnclosingLease outer) {
        this.leaseId = null;
        this.node = null;
        this.block = block;
        this.outer = outer;
    }

    /** Id of the innermost lease on a node; null if none of the enclosing ones is there. */
    @CheckForNull
    static String idOn(@NonNull String node, @CheckForNull EnclosingLease innermost) {
        for (EnclosingLease lease = innermost; lease != null; lease = lease.outer) {
            if (lease.isOn(node)) {
                return lease.block == null ? lease.leaseId : lease.block.id();
            }
        }
        return null;
    }

    /**
     * Whether the innermost block still has to get its node.
     *
     * @param around the node around; null if there is none
     */
    static boolean lacksNode(@CheckForNull EnclosingLease innermost, @CheckForNull String around) {
        return innermost != null && innermost.block != null && (around == null || !innermost.isOn(around));
    }

    private boolean isOn(String name) {
        return block == null ? name.equals(node) : block.isOn(name);
    }
}
