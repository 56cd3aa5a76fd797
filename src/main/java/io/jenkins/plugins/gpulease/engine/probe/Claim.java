package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Serializable;
import java.util.List;

/**
 * Devices for a lease.
 *
 * @param lease its id
 * @param holder who will hold it, for people on the same host
 * @param uuids at least one device
 * @param minMemory what each device must have free; null if nothing was asked for
 * @param exclusive insist that nothing runs on the devices; false for a sub-lease, on whose devices the enclosing lease
 *     may already work
 * @param hostLock take the host-wide lock of each device; false for a sub-lease and where host coordination is off
 */
public record Claim(
        @NonNull String lease,
        @NonNull String holder,
        @NonNull List<String> uuids,
        @CheckForNull MemorySize minMemory,
        boolean exclusive,
        boolean hostLock)
        implements Serializable {

    public Claim {
        uuids = List.copyOf(uuids);
    }
}
