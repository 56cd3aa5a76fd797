package io.jenkins.plugins.gpulease.engine.host;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The locks that this process holds, by file: exactly one open channel for each. POSIX keeps locks per process, so this is one
 * table for the whole process, whatever number of {@link HostLocks} it has; its monitor is held while lock files are opened.
 */
final class HeldLocks {

    private static final Logger LOGGER = Logger.getLogger(HeldLocks.class.getName());

    /** Looking at a lock shares it for microseconds; who fails because of that succeeds soon after, even on a busy machine. */
    private static final int ATTEMPTS = 5;

    /** Doubled each time: a lock that is really held costs 30 ms. */
    private static final long FIRST_PAUSE_MILLIS = 2;

    private static final Map<Path, Held> HELD = new HashMap<>();

    private HeldLocks() {}

    /**
     * One lock.
     *
     * @param leases whose it is; several ones only if all of them share it
     * @param note what the file says, of one of them
     * @param lost its file was deleted, and somebody else has the new one: said once, not again and again
     */
    private record Held(HostLocks owner, LockParties leases, LockNote note, LockFile file, boolean lost) {

        boolean mayJoin(HostLocks other, boolean shared) {
            return owner == other && shared && leases.areSharing();
        }

        Held with(LockParties newLeases) {
            return new Held(owner, newLeases, note, file, lost);
        }

        Held with(LockNote newNote) {
            return new Held(owner, leases, newNote, file, lost);
        }
    }

    /**
     * Takes one lock.
     *
     * @param shared with other leases of the same owner that share it, too
     * @return who has it; null if it is now (or was already) this lease's
     */
    @CheckForNull
    static String tryLock(
            @NonNull Path path, @NonNull HostLocks owner, @NonNull String lease, @NonNull LockNote note, boolean shared)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            String conflict = tryLockOnce(path, owner, lease, note, shared);
            if (conflict == null || attempt == ATTEMPTS || isHeldHere(path) || !pause(attempt)) {
                return conflict;
            }
        }
    }

    private static synchronized String tryLockOnce(Path path, HostLocks owner, String lease, LockNote note, boolean shared)
            throws IOException {
        Held held = HELD.get(path);
        if (held != null) {
            if (held.mayJoin(owner, shared)) {
                HELD.put(path, held.with(held.leases().plus(lease, note)));
                return null;
            }
            return held.owner() == owner && held.leases().has(lease) ? null : held.note().toString();
        }
        LockFile file = LockFile.openOrCreate(path);
        boolean keep = false;
        try {
            if (!file.tryLock()) {
                return describe(file.read());
            }
            file.write(note);
            HELD.put(path, new Held(owner, LockParties.of(lease, note, shared), note, file, false));
            keep = true;
            return null;
        } finally {
            if (!keep) {
                file.close();
            }
        }
    }

    private static synchronized boolean isHeldHere(Path path) {
        return HELD.containsKey(path);
    }

    private static boolean pause(int attempt) {
        try {
            Thread.sleep(FIRST_PAUSE_MILLIS << (attempt - 1));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Who has a lock, this process included; null if nobody. */
    @CheckForNull
    static synchronized String holder(@NonNull Path path) throws IOException {
        Held held = HELD.get(path);
        if (held != null) {
            return held.note().toString();
        }
        try (LockFile file = LockFile.open(path)) {
            return file != null && file.isLockedByOthers() ? describe(file.read()) : null;
        }
    }

    /** Drops a lock that this lease holds, unless others share it; does nothing if it doesn't hold it. */
    static synchronized void unlock(@NonNull Path path, @NonNull HostLocks owner, @NonNull String lease) {
        Held held = HELD.get(path);
        if (held == null || held.owner() != owner || !held.leases().has(lease)) {
            return;
        }
        LockParties rest = held.leases().without(lease);
        if (!rest.isEmpty()) {
            HELD.put(path, renamed(path, held.with(rest)));
            return;
        }
        HELD.remove(path);
        try (LockFile file = held.file()) {
            file.clear();
        } catch (IOException e) {
            LOGGER.log(Level.FINE, e, () -> "Lock file " + path + " can't be emptied; its lock is dropped all the same");
        }
    }

    /** The file names one that still holds the lock. */
    private static Held renamed(Path path, Held held) {
        LockNote note = held.leases().eldest();
        try {
            held.file().write(note);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, e, () -> "Lock file " + path + " names a holder that has left");
        }
        return held.with(note);
    }

    /** Locks anew what was deleted while it was held: who owns a file may delete it, and clean-up jobs do. */
    static synchronized void revalidate(@NonNull HostLocks owner) {
        HELD.replaceAll((path, held) -> held.owner() == owner ? revalidated(path, held) : held);
    }

    private static Held revalidated(Path path, Held held) {
        String obstacle;
        try {
            if (held.file().isStillThere()) {
                return held;
            }
            LockFile anew = LockFile.openOrCreate(path);
            if (anew.tryLock()) {
                anew.write(held.note());
                held.file().close();
                LOGGER.log(Level.INFO, () -> "Lock file " + path + " was deleted while it was locked; it is made and locked again");
                return new Held(held.owner(), held.leases(), held.note(), anew, false);
            }
            obstacle = describe(anew.read());
            anew.close();
        } catch (IOException e) {
            obstacle = e.getMessage();
        }
        if (!held.lost()) {
            LOGGER.log(Level.WARNING, "Lock file {0} of {1} was deleted while it was locked and can''t be locked again ({2}), so others may"
                    + " use the device, too; leave lock files where they are", new Object[] {path, held.note(), obstacle});
        }
        return new Held(held.owner(), held.leases(), held.note(), held.file(), true);
    }

    private static String describe(LockNote note) {
        return note == null ? "somebody who left no note" : note.toString();
    }
}
