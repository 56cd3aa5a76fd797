package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * The records of a build's leases: read when somebody first asks, written soon after they changed.
 *
 * <p>Thread-safe. Under the monitor there is no I/O: Pipeline's thread takes it.
 */
final class LeaseHistory {

    private final LeaseFile file;
    private final Runnable firstWritten;
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
     * @param firstWritten called after the first write, on its thread
     */
    LeaseHistory(@NonNull Run<?, ?> run, @CheckForNull LeaseRecords known, @NonNull Runnable firstWritten) {
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
                changes = changes.handleAsync((done, failure) -> readAnd(change), GpuLeases.get().executor());
                return;
            }
        }
        change.run();
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

    private void write() {
        if (file.write(get()) && !written) {
            written = true;
            firstWritten.run();
        }
    }
}
