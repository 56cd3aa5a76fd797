package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The order of looks at one node: one at a time, and at most one that waits, since a look that hasn't begun sees all that
 * whoever asks next wants seen. Thread-safe.
 */
final class Looks {

    /** A look at the node. If it throws, so does its future, but later looks go on. */
    interface Look {
        /** @param onDemand a person asks for it */
        void run(boolean onDemand);
    }

    private final Look look;
    private final Executor executor;
    private boolean onDemand;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    @CheckForNull
    private CompletableFuture<Void> waiting;

    Looks(@NonNull Look look, @NonNull Executor executor) {
        this.look = look;
        this.executor = executor;
    }

    /** Asks for a look that begins after this call. Returns at once. */
    @NonNull
    synchronized CompletableFuture<Void> ask(boolean demanded) {
        onDemand |= demanded;
        CompletableFuture<Void> next = waiting;
        if (next == null || next.isDone()) { // one that is done without having begun was refused by the executor
            next = last.handle((nothing, failure) -> null).thenRunAsync(() -> look.run(begin()), executor);
            waiting = next;
            last = next;
        }
        return next;
    }

    private synchronized boolean begin() {
        waiting = null;
        boolean demanded = onDemand;
        onDemand = false;
        return demanded;
    }

    synchronized boolean isIdle() {
        return last.isDone();
    }
}
