package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs calls one after the other, in the order in which they come; one that fails is logged and doesn't keep the next from it.
 * Thread-safe.
 */
public final class InOrder implements Executor {

    private static final Logger LOGGER = Logger.getLogger(InOrder.class.getName());

    private final Executor executor;
    private final Queue<Runnable> calls = new ArrayDeque<>(2);
    private boolean running;

    /** On the executor of the leases: where that has no thread, the calls wait for one. */
    public InOrder() {
        this(call -> GpuLeases.get().begin(call));
    }

    /** @param executor loses nothing */
    InOrder(@NonNull Executor executor) {
        this.executor = executor;
    }

    /** Returns at once. */
    @Override
    public synchronized void execute(@NonNull Runnable call) {
        calls.add(call);
        if (!running) {
            running = true;
            executor.execute(this::runAll);
        }
    }

    private void runAll() {
        for (Runnable call = next(); call != null; call = next()) {
            try {
                call.run();
            } catch (Throwable e) {
                LOGGER.log(Level.WARNING, "A step of a GPU lease failed", e);
            }
        }
    }

    private synchronized Runnable next() {
        Runnable next = calls.poll();
        running = next != null;
        return next;
    }

    /** Ends when everything is done that has come by now. */
    @NonNull
    public CompletableFuture<Void> done() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        execute(() -> done.complete(null));
        return done;
    }
}
