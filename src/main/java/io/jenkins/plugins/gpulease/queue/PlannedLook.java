package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.request.InOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A look that is taken again and again, on the executor of the leases, together with what has to come before or after it. However
 * often one is asked for, one is planned at most: it sees what was told before it begins.
 */
final class PlannedLook {

    private final Runnable look;
    private final InOrder order = new InOrder();
    private final AtomicBoolean planned = new AtomicBoolean();

    PlannedLook(@NonNull Runnable look) {
        this.look = look;
    }

    /** Whether what has been told by now may not have been seen. */
    boolean isPlanned() {
        return planned.get();
    }

    /** Looks soon. Returns at once, and takes no lock. */
    void soon() {
        if (planned.compareAndSet(false, true)) {
            GpuLeases.get().begin(() -> order.execute(this::lookIfPlanned));
        }
    }

    /**
     * Ends when what has been told by now is seen. Returns at once.
     *
     * @param anyway looks even if none is planned
     */
    @NonNull
    CompletableFuture<Void> caughtUp(boolean anyway) {
        if (anyway) {
            planned.set(true);
        }
        order.execute(this::lookIfPlanned);
        return order.done();
    }

    /** Runs something when no look is under way. Returns at once. */
    void between(@NonNull Runnable call) {
        order.execute(call);
    }

    /** What is told from now on needs another look. */
    private void lookIfPlanned() {
        if (planned.compareAndSet(true, false)) {
            look.run();
        }
    }
}
