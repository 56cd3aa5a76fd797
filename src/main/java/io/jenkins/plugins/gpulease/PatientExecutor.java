package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs work on another executor. Where that has no thread for it, as on a machine at its limit, the work waits for one: if it were
 * lost, a block would hang. Nothing is thrown. Thread-safe.
 */
final class PatientExecutor implements Executor {

    private static final Logger LOGGER = Logger.getLogger(PatientExecutor.class.getName());

    private final Executor executor;
    private final Consumer<Runnable> later;

    /** @param later runs something a while after the executor could not */
    PatientExecutor(@NonNull Executor executor, @NonNull Consumer<Runnable> later) {
        this.executor = executor;
        this.later = later;
    }

    /** Returns at once. */
    @Override
    public void execute(@NonNull Runnable work) {
        try {
            executor.execute(work);
        } catch (Throwable e) { // a pool that can't start a thread throws an OutOfMemoryError
            LOGGER.log(Level.WARNING, "No thread for a step of a GPU lease; trying again soon", e);
            tryLater(work);
        }
    }

    private void tryLater(Runnable work) {
        try {
            later.accept(() -> execute(work));
        } catch (Throwable e) { // a timer has put the work down by then, and only lacks one more thread; or Jenkins ends
            LOGGER.log(Level.FINE, "No thread for the timer", e);
        }
    }
}
