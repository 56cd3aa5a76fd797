package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Writes something to disk soon after it changed, at most once in {@value #SECONDS_BETWEEN} seconds, so that a build with a
 * thousand leases isn't written two thousand times. What a crash loses is a line of history, never a lease. A write that fails is
 * tried again, each time after twice the time, {@value #MAX_ATTEMPTS} times in all; then it waits for the next change.
 *
 * <p>Thread-safe; one write at a time, on a thread of its own. Whoever says that something changed waits for no write.
 */
final class LazySave {

    private static final int SECONDS_BETWEEN = 10;
    private static final int MAX_ATTEMPTS = 6;
    private static final Logger LOGGER = Logger.getLogger(LazySave.class.getName());

    /** Until it is on disk. */
    private static final Set<LazySave> DUE = ConcurrentHashMap.newKeySet();

    private final BooleanSupplier write;
    private final Object state = new Object();

    private boolean changed; // guarded by state
    private boolean scheduled; // guarded by state
    private int failures; // guarded by this

    /** @param write writes the state at its call; false if it is to be tried again */
    LazySave(@NonNull BooleanSupplier write) {
        this.write = write;
    }

    /** Returns at once. */
    void soon() {
        in(SECONDS_BETWEEN);
    }

    private void in(int seconds) {
        synchronized (state) {
            changed = true;
            DUE.add(this);
            if (scheduled) {
                return;
            }
            scheduled = true;
            try {
                GpuLeases.get().later(Duration.ofSeconds(seconds), this::save);
            } catch (Throwable e) { // as while Jenkins shuts down
                scheduled = false;
                LOGGER.log(Level.WARNING, "GPU leases of a build are written at their next change, or at shutdown", e);
            }
        }
    }

    /** If there is something to write, it is time for it. Returns at once. */
    void now() {
        if (DUE.contains(this)) {
            GpuLeases.get().begin(this::save);
        }
    }

    /** Waits for a write that goes on. */
    private synchronized void save() {
        synchronized (state) {
            scheduled = false;
            if (!changed) {
                return;
            }
            changed = false; // first, so that what changes meanwhile is written again
        }
        boolean written = write();
        failures = written ? 0 : failures + 1;
        if (failures > 0 && failures < MAX_ATTEMPTS) {
            in(SECONDS_BETWEEN << (failures - 1));
        }
        failures %= MAX_ATTEMPTS;
        synchronized (state) {
            if (!changed) {
                DUE.remove(this);
            }
        }
    }

    private boolean write() {
        try {
            return write.getAsBoolean();
        } catch (Throwable e) { // it must not keep others from being written
            LOGGER.log(Level.WARNING, "Could not write GPU leases of a build", e);
            return false;
        }
    }

    /** Writes all that is due; unless it fails, it is on disk when this returns. */
    static void saveAll() {
        DUE.forEach(LazySave::save);
    }
}
