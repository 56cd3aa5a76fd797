package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One run of the probe's process, as seen from outside. It ends for good at the first sign of trouble: a deadline that is missed,
 * a pipe that breaks, something on the pipe that isn't an answer. What is under way then fails with the reason.
 *
 * <p>Thread-safe. It has three threads: one writes requests (the pipe to a process that hangs fills up), one reads replies, one
 * reads the standard error; all end with the process.
 */
final class ProbeProcess {

    /** A killed process is gone within milliseconds, unless it hangs in the driver; then waiting longer doesn't help. */
    private static final Duration PATIENCE_FOR_END = Duration.ofSeconds(1);

    /** @param byItself nobody here wanted it */
    private record End(String reason, boolean byItself) {
        ProbeException exception() {
            return byItself ? new ProbeDiedException(reason) : new ProbeException(reason);
        }
    }

    private final Process process;
    private final ErrorOutput errors;
    private final Consumer<String> onFailure;
    private final Faults faults;
    private final RequestWriter writer;
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicReference<End> end = new AtomicReference<>();

    /** What is under way, completed with the {@link Reply} or the {@link End}. */
    private final Map<Long, CompletableFuture<Object>> waiting = new ConcurrentHashMap<>();

    /**
     * @param process just started
     * @param onFailure is told once why this run ended, unless it was closed or retired
     * @param faults of the GPUs, which this run is told of and adds to
     */
    ProbeProcess(@NonNull Process process, @NonNull Consumer<String> onFailure, @NonNull Faults faults) {
        this.faults = faults;
        this.process = process;
        this.onFailure = onFailure;
        this.errors = new ErrorOutput(process.pid(), process.getErrorStream());
        this.writer = new RequestWriter(process.getOutputStream(), this::died);
        startThread("replies", this::readReplies);
        startThread("errors", errors);
        startThread("requests", writer);
    }

    private void startThread(String task, Runnable work) {
        Thread thread = new Thread(work, "gpu-lease probe " + process.pid() + " " + task);
        thread.setDaemon(true);
        thread.start();
    }

    long pid() {
        return process.pid();
    }

    /** Once false, it stays so. */
    boolean isUsable() {
        return end.get() == null && process.isAlive();
    }

    /**
     * Asks and waits. Can't be interrupted, as nobody would know then what became of the request; the deadline bounds it.
     *
     * @throws ProbeDiedException if the process ended by itself
     * @throws ProbeException if the probe has a problem, or missed the deadline and was killed for it
     */
    @NonNull
    <T> T ask(@NonNull Call<T> call, @NonNull Duration deadline) throws ProbeException {
        long id = lastId.incrementAndGet();
        byte[] message = encoded(new Request(id, call, faults.all()));
        CompletableFuture<Object> outcome = new CompletableFuture<>();
        waiting.put(id, outcome);
        try {
            writer.write(message);
            if (end.get() != null) { // whoever ended it may not have seen this one waiting
                outcome.complete(end.get());
            }
            return await(outcome, call, deadline);
        } finally {
            waiting.remove(id);
        }
    }

    private static byte[] encoded(Request request) throws ProbeException {
        try {
            return Frames.encode(request);
        } catch (IOException e) {
            throw new ProbeException("The probe can't be asked to " + request.call().what() + ": " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("unchecked") // the probe answers a call with what the call says
    private <T> T await(CompletableFuture<Object> outcome, Call<T> call, Duration deadline) throws ProbeException {
        Object seen = Waiting.uninterruptibly(outcome, deadline);
        if (seen == null) {
            seen = fail(new End("The probe (pid " + pid() + ") didn't " + call.what() + " within " + deadline.toMillis() / 1000.0
                    + " s, so it was killed. The driver probably hangs: run nvidia-smi on the host", false));
        }
        if (seen instanceof End ended) {
            throw ended.exception();
        }
        Reply reply = (Reply) seen;
        if (reply.problem() != null) {
            throw new ProbeException(reply.problem());
        }
        return (T) reply.answer();
    }

    private void readReplies() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
            for (Reply reply; (reply = Frames.read(in, Reply.class)) != null; ) {
                faults.addAll(reply.faults());
                CompletableFuture<Object> outcome = waiting.get(reply.id());
                if (outcome != null) {
                    outcome.complete(reply);
                }
            }
            died();
        } catch (StreamCorruptedException e) {
            fail(new End("The probe (pid " + pid() + ") was killed, as something else than answers came from it: "
                    + e.getMessage(), false));
        } catch (IOException e) {
            died();
        }
    }

    private void died() {
        if (end.get() == null) {
            Process ended = Waiting.uninterruptibly(process.onExit(), PATIENCE_FOR_END);
            String how = ended == null ? "closed its end of the pipe" : "ended with exit code " + ended.exitValue();
            fail(new End("The probe (pid " + pid() + ") " + how + errors.lastWords(), true));
        }
    }

    /** @return why this run ended: this reason, or an earlier one */
    private End fail(End reason) {
        if (end.compareAndSet(null, reason)) {
            kill();
            onFailure.accept(reason.reason());
            waiting.values().forEach(outcome -> outcome.complete(reason));
        }
        return end.get();
    }

    private void kill() {
        writer.close();
        process.destroyForcibly();
    }

    /** Kills the process, which drops its locks, and waits a moment for its end. Idempotent. */
    void close() {
        end(new End("The probe was closed", false));
        awaitEnd();
    }

    /** Kills the process so that the next call goes to another one; calls that are under way can be made again there. */
    void retire() {
        end(new End("The probe is started anew", true));
    }

    private void end(End wanted) {
        if (end.compareAndSet(null, wanted)) {
            kill();
            waiting.values().forEach(outcome -> outcome.complete(wanted));
        }
    }

    /** Waits a moment for the end of the process, and so of its locks. */
    void awaitEnd() {
        Waiting.uninterruptibly(process.onExit(), PATIENCE_FOR_END);
    }
}
