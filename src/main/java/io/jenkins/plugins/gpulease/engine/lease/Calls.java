package io.jenkins.plugins.gpulease.engine.lease;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Calls to the outside, made on the table's executor; whatever they throw is logged and harms nobody. Thread-safe. */
final class Calls {

    private static final Logger LOGGER = Logger.getLogger(LeaseTable.class.getName());

    private final Executor executor;

    Calls(Executor executor) {
        this.executor = executor;
    }

    /** @return false if the call can't be made, which is logged */
    boolean tell(Runnable call) {
        try {
            executor.execute(() -> guarded(call));
            return true;
        } catch (Throwable e) { // a pool that can't start a thread throws an OutOfMemoryError
            LOGGER.log(Level.WARNING, "A call about a lease was not made, as after a shutdown", e);
            return false;
        }
    }

    /**
     * Asks something that is answered later.
     *
     * @param answer gets the answer, or why there is none; exactly one of both is null
     */
    <T> void ask(Supplier<CompletionStage<T>> question, BiConsumer<T, Throwable> answer) {
        try {
            executor.execute(() -> guarded(() -> stage(question).whenComplete((result, failure) ->
                    guarded(() -> answer.accept(result, cause(result, failure))))));
        } catch (Throwable e) { // unanswered, its devices would stay bound for ever
            guarded(() -> answer.accept(null, e));
        }
    }

    private static <T> CompletionStage<T> stage(Supplier<CompletionStage<T>> question) {
        try {
            CompletionStage<T> stage = question.get();
            return stage == null ? failed(new IllegalStateException("No answer was given")) : stage;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    private static <T> CompletionStage<T> failed(Throwable failure) {
        return CompletableFuture.failedFuture(failure);
    }

    private static Throwable cause(Object result, Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return failure.getCause();
        }
        return failure == null && result == null ? new IllegalStateException("The answer was empty") : failure;
    }

    /** Runs something; what it throws is logged. */
    static void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOGGER.log(Level.WARNING, "A call about a lease failed", e);
        }
    }
}
