package io.jenkins.plugins.gpulease.engine.host;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Host-wide locks of devices, by lease. A lock is an operating-system file lock: the kernel drops it when this process ends,
 * however it ends, so there is nothing stale, nothing to clean up, and no heart-beat.
 *
 * <p>Lock files stay where they are for good: deleting them would let two holders lock two files of the same name. The locks
 * reach as far as the folder does: a container takes part if the host's folder is mounted into it. The folder must be on a
 * local file system.
 *
 * <p>Thread-safe.
 */
public final class HostLocks implements Closeable {

    /** Environment variable that names the folder of the lock files. */
    public static final String VARIABLE = "GPU_LEASE_LOCKS";

    /** System property that names the folder of the lock files; the environment variable wins. */
    public static final String PROPERTY = "gpulease.locks";

    private static final Logger LOGGER = Logger.getLogger(HostLocks.class.getName());

    private final LockFolder folder;
    private final Map<String, List<Path>> leases = new HashMap<>();

    /** @param folder of the lock files; it is made at the first lock */
    public HostLocks(@NonNull Path folder) {
        this.folder = new LockFolder(folder);
    }

    /**
     * The folder that all users of this host share unless told otherwise: what {@value #VARIABLE} or the system property
     * {@value #PROPERTY} names; {@code gpu-lease} in the first of {@code /run/lock}, {@code /var/lock}, {@code /tmp} that it
     * already is in or that everybody may write to; on Windows {@code %ProgramData%\gpu-lease\locks}.
     */
    @NonNull
    public static Path defaultFolder() {
        return LockFolder.choose(System.getenv(), System.getProperties());
    }

    /**
     * Locks devices for a lease, all or none. Doesn't wait. Devices that this lease has locked already count as locked, and
     * a lease may lock more devices later.
     *
     * @param lease id, to unlock by
     * @param holder who holds the lease, for people
     * @return who has a device, for people, by UUID; empty if all are locked now. A device whose lock file can't be used counts
     *     as somebody's: nobody can tell whether it is, so the reason is said instead of a name
     * @throws IOException if the folder can't be used; nothing was locked, and the message says what to do
     * @throws IllegalArgumentException if a UUID has characters that no UUID has
     */
    @NonNull
    public Map<String, String> tryLock(@NonNull String lease, @NonNull String holder, @NonNull List<String> uuids)
            throws IOException {
        return tryLock(lease, holder, uuids, false);
    }

    /**
     * Locks devices for a lease that shares them with other leases which this object locks in the same way, as
     * {@link #tryLock} does otherwise: towards everybody else each device stays locked as long as one of them lives.
     */
    @NonNull
    public Map<String, String> tryLockShared(@NonNull String lease, @NonNull String holder, @NonNull List<String> uuids)
            throws IOException {
        return tryLock(lease, holder, uuids, true);
    }

    private synchronized Map<String, String> tryLock(String lease, String holder, List<String> uuids, boolean shared)
            throws IOException {
        folder.prepare();
        LockNote note = LockNote.ofThisProcess(lease, holder);
        List<Path> before = leases.getOrDefault(lease, List.of());
        List<Path> taken = new ArrayList<>();
        Map<String, String> conflicts = new LinkedHashMap<>();
        try {
            for (String uuid : new TreeSet<>(uuids)) { // one order for all, or two could foil each other for ever
                Path file = folder.file(uuid);
                if (before.contains(file)) {
                    continue;
                }
                boolean hopeless = !conflicts.isEmpty(); // then only tell who has the rest
                String other = hopeless ? holder(file) : tryLock(file, lease, note, shared);
                if (other != null) {
                    conflicts.put(uuid, other);
                } else if (!hopeless) {
                    taken.add(file);
                }
            }
        } catch (RuntimeException e) {
            taken.forEach(file -> HeldLocks.unlock(file, this, lease));
            throw e;
        }
        settle(lease, taken, conflicts.isEmpty());
        return conflicts;
    }

    @CheckForNull
    private String tryLock(Path file, String lease, LockNote note, boolean shared) {
        try {
            return HeldLocks.tryLock(file, this, lease, note, shared);
        } catch (IOException e) {
            return unknown(e);
        }
    }

    @CheckForNull
    private static String holder(Path file) {
        try {
            return HeldLocks.holder(file);
        } catch (IOException e) {
            return unknown(e);
        }
    }

    /** One bad file binds one device, not the whole host. */
    private static String unknown(IOException e) {
        return "an unknown holder (" + e.getMessage() + ")";
    }

    private void settle(String lease, List<Path> taken, boolean keep) {
        if (keep) {
            leases.computeIfAbsent(lease, id -> new ArrayList<>()).addAll(taken);
        } else {
            taken.forEach(file -> HeldLocks.unlock(file, this, lease));
        }
    }

    /** Unlocks all devices of a lease. Idempotent; an unknown lease is none. */
    public synchronized void unlock(@NonNull String lease) {
        List<Path> files = leases.remove(lease);
        if (files != null) {
            files.forEach(file -> HeldLocks.unlock(file, this, lease));
        }
    }

    /**
     * Who holds which devices now, this process included.
     *
     * <p>What counts is the kernel's lock, not the file's content, which anybody can write and which a killed holder leaves
     * behind. The lock can only be asked by sharing it for some microseconds; a {@link #tryLock} that falls into just that time
     * tries again, so looking doesn't disturb.
     *
     * @return who, for people, by UUID; devices that nobody holds are missing. One whose lock file can't be used is there, with
     *     the reason
     * @throws IOException if the folder can't be used; the message says what to do
     */
    @NonNull
    public Map<String, String> holders(@NonNull Collection<String> uuids) throws IOException {
        folder.check();
        Map<String, String> holders = new LinkedHashMap<>();
        for (String uuid : uuids) {
            String holder = holder(folder.file(uuid));
            if (holder != null) {
                holders.put(uuid, holder);
            }
        }
        return holders;
    }

    /**
     * Sees to it that the files of the locks that are held are still where others look for them, and locks them anew where they
     * were deleted. What can't be locked anew is logged as a warning. To be called every few seconds while something is locked.
     */
    public synchronized void revalidate() {
        if (leases.isEmpty()) {
            return;
        }
        try {
            folder.prepare();
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "Locks can't be made anew", e);
        }
        HeldLocks.revalidate(this);
    }

    /** Unlocks everything. The object can be used again afterwards. */
    @Override
    public synchronized void close() {
        List.copyOf(leases.keySet()).forEach(this::unlock);
    }
}
