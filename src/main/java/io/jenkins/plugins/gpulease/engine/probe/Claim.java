package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Devices for a lease. A lease may be claimed more than once, as its hand-out may fail and be tried again with other devices;
 * calls with its claims may overtake each other on their way. So claims are numbered, and the younger one counts: to take a
 * claim back takes back all claims of its lease that aren't younger, those included that are still on their way.
 *
 * @param lease its id
 * @param holder who will hold it, for people on the same host
 * @param uuids at least one device
 * @param minMemory what each device must have free; null if nothing was asked for
 * @param exclusive insist that nothing runs on the devices; false for a sub-lease, on whose devices the enclosing lease
 *     may already work
 * @param hostLock take the host-wide lock of each device; false for a sub-lease and where host coordination is off
 * @param number higher than that of all older claims of the lease
 */
public record Claim(
        @NonNull String lease,
        @NonNull String holder,
        @NonNull List<String> uuids,
        @CheckForNull MemorySize minMemory,
        boolean exclusive,
        boolean hostLock,
        long number)
        implements Serializable {

    /** Numbers go on over a restart, as long as the clock does. */
    private static final AtomicLong LAST = new AtomicLong(System.currentTimeMillis() * 1000);

    public Claim {
        uuids = List.copyOf(uuids);
    }

    /** The youngest claim of its lease: younger than all that were made in this process so far. */
    public Claim(
            @NonNull String lease,
            @NonNull String holder,
            @NonNull List<String> uuids,
            @CheckForNull MemorySize minMemory,
            boolean exclusive,
            boolean hostLock) {
        this(lease, holder, uuids, minMemory, exclusive, hostLock, LAST.incrementAndGet());
    }
}
