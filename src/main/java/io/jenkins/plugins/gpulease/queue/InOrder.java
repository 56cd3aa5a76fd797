package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs calls one after the other, in the order in which they come; one that fails is logged and doesn't keep the next from it. */
final class InOrder implements Executor {

    private static final Logger LOGGER = Logger.getLogger(InOrder.class.getName());

    private final Executor executor;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    InOrder(@NonNull Executor executor) {
        this.executor = executor;
    }

    @Override
    public synchronized void execute(@NonNull Runnable call) {
        last = last.thenRunAsync(() -> guarded(call), executor);
    }

    /** Ends when everything is done that has come by now. */
    @NonNull
    synchronized CompletableFuture<Void> done() {
        return last.copy();
    }

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOGGER.log(Level.WARNING, "A call about a GPU request in the build queue failed", e);
        }
    }
}
