package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * Why a request ended without a lease.
 *
 * @param message for people: what was asked for, why it can't be had, and what comes closest
 */
public record LeaseFailure(@NonNull Kind kind, @NonNull String message) implements Serializable {

    /** Ways to end without a lease. */
    public enum Kind {
        /** No device set of the node can ever satisfy the request. */
        IMPOSSIBLE,
        /** Nothing suitable is idle, and the request didn't want to wait. */
        BUSY,
        /** The node is gone for good. */
        NODE_REMOVED,
        /** The enclosing lease ended. */
        PARENT_ENDED,
        /** Whoever asked is gone, or was taken for gone. */
        HOLDER_ENDED
    }
}
