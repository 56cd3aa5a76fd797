package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;

/** What a device's time is counted as. The order is that of stored reports: only append. */
public enum DeviceUse {
    /** Leased, on its way into a lease, or being checked after it. */
    LEASED,
    IDLE,
    /** Used by somebody who has no lease here. */
    OCCUPIED,
    QUARANTINED,
    DRAINED,
    /** Its node could not be asked. */
    UNKNOWN;

    @NonNull
    public static DeviceUse of(@NonNull DeviceState state) {
        return switch (state) {
            case LEASED, OFFERED, RETURNING -> LEASED;
            case IDLE -> IDLE;
            case OCCUPIED -> OCCUPIED;
            case QUARANTINED -> QUARANTINED;
            case DRAINED -> DRAINED;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
