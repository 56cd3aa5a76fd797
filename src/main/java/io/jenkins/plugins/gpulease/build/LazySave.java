package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import jenkins.util.Timer;

/**
 * Writes something to disk soon after it changed, at most once in {@value #SECONDS_BETWEEN} seconds, so that a build with a
 * thousand leases isn't written two thousand times. What a crash loses is a line of history, never a lease.
 *
 * <p>Thread-safe; one write at a time, on a thread of its own. Whoever says that something changed waits for no write.
 */
final class LazySave {

    private static final int SECONDS_BETWEEN = 10;

    /** At most for the seconds between. */
    private static final Set<LazySave> DUE = ConcurrentHashMap.newKeySet();

    private final Runnable write;

    /** @param write writes the state at its call; fails never */
    LazySave(@NonNull Runnable write) {
        this.write = write;
    }

    /** Returns at once. */
    void soon() {
        if (DUE.add(this)) {
            Timer.get().schedule(this::now, SECONDS_BETWEEN, TimeUnit.SECONDS);
        }
    }

    /** If there is something to write, it is time for it. Returns at once. */
    void now() {
        if (DUE.contains(this)) {
            GpuLeases.get().executor().execute(this::save);
        }
    }

    private synchronized void save() {
        if (DUE.remove(this)) { // first, so that what changes meanwhile is written again
            write.run();
        }
    }

    /** Writes all that is due; it is on disk when this returns. */
    static void saveAll() {
        DUE.forEach(LazySave::save);
    }
}
