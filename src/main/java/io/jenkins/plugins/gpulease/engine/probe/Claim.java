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
 *     may already work, and for a claim that shares its devices
 * @param hostLock take the host-wide lock of each device; false for a sub-lease and where host coordination is off
 * @param number higher than that of all older claims of the lease
 * @param share on which terms the devices are shared with other such claims; null if they aren't
 */
public record Claim(
        @NonNull String lease,
        @NonNull String holder,
        @NonNull List<String> uuids,
        @CheckForNull MemorySize minMemory,
        boolean exclusive,
        boolean hostLock,
        long number,
        @CheckForNull Share share)
        implements Serializable {

    /**
     * On which terms devices are shared.
     *
     * @param budget memory of each device that the lease promises to stay within; more than 0
     * @param margin memory of each device that nobody is promised
     */
    public record Share(@NonNull MemorySize budget, @NonNull MemorySize margin) implements Serializable {

        public Share {
            if (budget.bytes() == 0) {
                throw new IllegalArgumentException("The budget of a shared lease is 0; it has to be more");
            }
        }
    }

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
        this(lease, holder, uuids, minMemory, exclusive, hostLock, LAST.incrementAndGet(), null);
    }

    /** The youngest claim of a lease that shares its devices with other such claims, within their memory. */
    @NonNull
    public static Claim shared(
            @NonNull String lease, @NonNull String holder, @NonNull List<String> uuids, @NonNull Share share, boolean hostLock) {
        return new Claim(lease, holder, uuids, share.budget(), false, hostLock, LAST.incrementAndGet(), share);
    }

    public boolean isShared() {
        return share != null;
    }
}
