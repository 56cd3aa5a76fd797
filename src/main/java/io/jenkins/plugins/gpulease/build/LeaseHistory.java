package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The records of a build's leases: read when somebody first asks, written soon after they changed.
 *
 * <p>Thread-safe. Under the monitor there is no I/O: Pipeline's thread takes it.
 */
final class LeaseHistory {

    private static final int PATIENCE_SECONDS = 5;
    private static final Logger LOGGER = Logger.getLogger(LeaseHistory.class.getName());

    /** Changes of all builds that wait until records are read. */
    private static final Set<CompletableFuture<Void>> WAITING = ConcurrentHashMap.newKeySet();

    private final Run<?, ?> run;
    private final LeaseFile file;
    private final BooleanSupplier firstWritten;
    private final LazySave save = new LazySave(this::write);
    private final Object reading = new Object();

    /** Null until they are read. */
    @CheckForNull
    private volatile LeaseRecords records;

    /** Changes that wait until the records are read; guarded by this. */
    private CompletableFuture<Void> changes = CompletableFuture.completedFuture(null);

    private boolean written; // guarded by the lock of save, which writes once at a time

    /**
     * @param known null if they are in a file
     * @param firstWritten called after the first write, on its thread; false if both are to be tried again
     */
    LeaseHistory(@NonNull Run<?, ?> run, @CheckForNull LeaseRecords known, @NonNull BooleanSupplier firstWritten) {
        this.run = run;
        file = new LeaseFile(run);
        records = known;
        this.firstWritten = firstWritten;
    }

    /** Reads the file if nobody has asked before. */
    @NonNull
    LeaseRecords get() {
        LeaseRecords known = records;
        if (known != null) {
            return known;
        }
        synchronized (reading) {
            known = records;
            if (known == null) {
                known = file.read();
                records = known;
            }
            return known;
        }
    }

    /**
     * Runs what changes records, in the order of the calls: at once if they are in memory, else on another thread when they are.
     * Doesn't wait for the file.
     */
    void change(@NonNull Runnable change) {
        synchronized (this) {
            if (records == null || !changes.isDone()) {
                changes = onceRead(change);
                return;
            }
        }
        change.run();
    }

    private CompletableFuture<Void> onceRead(Runnable change) {
        CompletableFuture<Void> changed = changes.handleAsync((done, failure) -> readAnd(change), GpuLeases.get()::begin);
        WAITING.add(changed);
        changed.whenComplete((done, failure) -> {
            WAITING.remove(changed);
            if (failure != null) {
                LOGGER.log(Level.WARNING, failure, () -> "Could not note a GPU lease of " + run.getExternalizableId());
            }
        });
        return changed;
    }

    private Void readAnd(Runnable change) {
        get();
        change.run();
        return null;
    }

    /** False if it is known already. To be called in {@link #change}. */
    synchronized boolean add(@NonNull LeaseRecord added) {
        LeaseRecords known = get();
        if (known.find(added.getId()) != null) {
            return false;
        }
        records = known.with(added);
        save.soon();
        return true;
    }

    /** @return the lease as it ended; null if it isn't held. To be called in {@link #change} */
    @CheckForNull
    synchronized LeaseRecord end(@NonNull String leaseId, @NonNull Returned returned, @NonNull Instant now) {
        LeaseRecords known = get();
        LeaseRecord held = known.find(leaseId);
        if (held == null || !held.isHeld()) {
            return null;
        }
        LeaseRecord ended = held.returned(returned, now);
        records = known.ended(held, ended);
        save.soon();
        return ended;
    }

    /** Writes what isn't written yet without further delay. Returns at once. */
    void saveNow() {
        save.now();
    }

    private boolean write() {
        if (!file.write(get())) {
            return false;
        }
        written = written || firstWritten.getAsBoolean();
        return written;
    }

    /**
     * Writes all that was noted before; it is on disk when this returns, unless that fails, or older records take longer than
     * {@value #PATIENCE_SECONDS} s to read.
     */
    static void saveAll() {
        try {
            CompletableFuture.allOf(WAITING.toArray(CompletableFuture[]::new))
                    .handle((done, failure) -> done) // which is logged
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.log(Level.WARNING, "GPU leases that builds have noted are not stored, as those before are not read in time", e);
        }
        LazySave.saveAll();
    }
}
