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

    private final String leaseId;
    private final String node;

    @CheckForNull
    private final EnclosingLease outer;

    EnclosingLease(@NonNull String leaseId, @NonNull String node, @CheckForNull EnclosingLease outer) {
        this.leaseId = leaseId;
        this.node = node;
        this.outer = outer;
    }

    /** Id of the innermost lease on a node; null if none of the enclosing ones is there. */
    @CheckForNull
    static String idOn(@NonNull String node, @CheckForNull EnclosingLease innermost) {
        for (EnclosingLease lease = innermost; lease != null; lease = lease.outer) {
            if (lease.node.equals(node)) {
                return lease.leaseId;
            }
        }
        return null;
    }
}
