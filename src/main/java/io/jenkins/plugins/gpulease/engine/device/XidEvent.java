package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.time.Instant;
import java.util.Set;

/**
 * An error that the driver reports of a GPU.
 *
 * @param uuid the GPU, never a MIG instance
 * @param xid number as in NVIDIA's "XID Errors" catalogue
 */
public record XidEvent(@NonNull String uuid, long xid, @NonNull Instant at) implements Serializable {

    /** Caused by the program that runs on the GPU, so no sign of a sick device (NVIDIA XID catalogue). */
    private static final Set<Long> APPLICATION_FAULTS = Set.of(13L, 31L, 43L, 45L, 68L, 109L);

    public boolean makesDeviceSick() {
        return !APPLICATION_FAULTS.contains(xid);
    }
}
