package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps one process of the probe running: starts it when it is needed, replaces it when it hung or died, and lets a new one take
 * up the live leases before anybody else talks to it.
 *
 * <p>Thread-safe.
 */
final class ProbeKeeper implements Closeable {

    private static final Logger LOGGER = Logger.getLogger(ProbeKeeper.class.getName());

    /** Starts a process of the probe. */
    interface Starter {
        @NonNull
        Process start() throws IOException;
    }

    /** @param justScanned what its first scan found, if the process was started right now */
    record Running(@NonNull ProbeProcess process, @CheckForNull Inventory justScanned) {}

    /** @param by the process that gave the answer */
    record Answer<T>(@NonNull T value, @NonNull ProbeProcess by) {}

    private final Starter starter;
    private final ProbeDeadlines deadlines;
    private final Restarts restarts;
    private final LiveClaims claims;
    private final Faults faults = new Faults();

    /** Held while a process is started; calls that need one wait for it. */
    private final ReentrantLock starting = new ReentrantLock();

    /** Has taken up the live leases. */
    private volatile ProbeProcess current;

    private volatile ProbeProcess newest;
    private volatile boolean closed;

    ProbeKeeper(
            @NonNull Starter starter, @NonNull ProbeDeadlines deadlines, @NonNull Restarts restarts, @NonNull LiveClaims claims) {
        this.starter = starter;
        this.deadlines = deadlines;
        this.restarts = restarts;
        this.claims = claims;
    }

    @NonNull
    <T> Answer<T> ask(@NonNull Call<T> call) throws ProbeException {
        ProbeProcess process = current;
        if (process != null && process.isUsable()) {
            try {
                return ask(process, call);
            } catch (ProbeDiedException e) {
                // Its locks went with it, so whatever it did of this call is undone and the call can be made again.
                LOGGER.log(Level.FINE, "Asking a successor", e);
            }
        }
        return ask(running().process(), call);
    }

    private <T> Answer<T> ask(ProbeProcess process, Call<T> call) throws ProbeException {
        return new Answer<>(process.ask(call, call.deadline(deadlines)), process);
    }

    /** The process, started if there is none. */
    @NonNull
    Running running() throws ProbeException {
        starting.lock();
        try {
            ProbeProcess process = current;
            return process != null && process.isUsable() ? new Running(process, null) : start();
        } finally {
            starting.unlock();
        }
    }

    private Running start() throws ProbeException {
        if (newest != null) {
            newest.awaitEnd(); // or its locks would still be in the way
        }
        Optional<String> refusal = closed ? Optional.of("The probe was closed") : restarts.refusal();
        if (refusal.isPresent()) {
            throw new ProbeException(refusal.get());
        }
        ProbeProcess process = launch();
        try {
            Inventory inventory = ask(process, new Call.Scan()).value();
            takeUp(process, claims.all());
            restarts.worked();
            return new Running(process, inventory);
        } catch (ProbeException | RuntimeException e) {
            if (process.isUsable()) { // nobody will ask it, so it must not keep locks; one that failed by itself has told
                process.close();
                restarts.failed(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private void takeUp(ProbeProcess process, List<Claim> live) throws ProbeException {
        for (Claim claim : live) {
            takeUp(process, claim);
        }
        current = process;
        for (Claim claim : live) {
            if (claims.isOutdated(claim)) { // meanwhile, and perhaps only the predecessor was told
                ask(process, new Call.TakeBack(claim));
            }
        }
    }

    private ProbeProcess launch() throws ProbeException {
        try {
            ProbeProcess process = new ProbeProcess(starter.start(), this::failed, faults);
            LOGGER.fine(() -> "Started the probe as pid " + process.pid());
            newest = process;
            if (closed) { // meanwhile, so that close() has not seen it
                process.close();
            }
            return process;
        } catch (IOException e) {
            String reason = "The probe can't be started: " + e.getMessage();
            restarts.failed(reason);
            throw new ProbeException(reason, e);
        }
    }

    private void takeUp(ProbeProcess process, Claim claim) throws ProbeException {
        try {
            ask(process, new Call.Adopt(claim)).value().forEach((uuid, verdict) -> {
                if (!verdict.isClean()) {
                    warn(claim, uuid + ": " + verdict.reason());
                }
            });
        } catch (ProbeException e) {
            if (!process.isUsable()) {
                throw e;
            }
            warn(claim, e.getMessage()); // one lease's problem is not that of all others
        }
    }

    private static void warn(Claim claim, String problem) {
        LOGGER.warning(() -> "Lease " + claim.lease() + " goes on after a restart of the probe, but " + problem);
    }

    /** Without the probe the host-wide locks of live leases are open to others, so those don't wait for the next call. */
    private void failed(String reason) {
        restarts.failed(reason);
        LOGGER.warning(reason);
        if (!closed && !claims.isEmpty()) {
            Thread successor = new Thread(this::startSuccessor, "gpu-lease probe successor");
            successor.setDaemon(true);
            successor.start();
        }
    }

    private void startSuccessor() {
        try {
            running();
        } catch (ProbeException e) {
            LOGGER.log(Level.FINE, "The probe's successor is left to the next call", e);
        }
    }

    /** Forgets failures of the probe and, as long as nothing is leased, faults of the GPUs. */
    void reset() {
        restarts.reset();
        if (claims.isEmpty() && faults.clear()) {
            retire();
        }
    }

    /** Has the next call start a new process, unless leases need this one. */
    void retire() {
        ProbeProcess process = current;
        if (process != null && claims.isEmpty()) {
            process.retire();
        }
    }

    @NonNull
    OptionalLong pid() {
        ProbeProcess process = current;
        return process != null && process.isUsable() ? OptionalLong.of(process.pid()) : OptionalLong.empty();
    }

    @Override
    public void close() {
        closed = true;
        closeNewest();
        starting.lock(); // a start that is under way has failed now, or has just ended
        try {
            closeNewest();
        } finally {
            starting.unlock();
        }
    }

    private void closeNewest() {
        ProbeProcess process = newest;
        if (process != null) {
            process.close();
        }
    }
}
