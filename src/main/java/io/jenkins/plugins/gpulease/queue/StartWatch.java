package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import hudson.model.Queue;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Declines a lease with which nothing starts in time: its node went offline, or something else keeps the item from it. One that was
 * granted ahead of its executor may wait for that as long as nobody else wants its GPUs.
 */
final class StartWatch {

    private static final Logger LOGGER = Logger.getLogger(StartWatch.class.getName());

    /** How long an item may take to start; shorter in some tests. */
    private static volatile Duration patience = Duration.ofSeconds(10);

    /** An item that has an executor already starts any moment. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final QueuedRequest request;
    private final Asking asking;
    private final Lease lease;

    StartWatch(@NonNull QueuedRequest request, @NonNull Asking asking, @NonNull Lease lease) {
        this.request = request;
        this.asking = asking;
        this.lease = lease;
    }

    /** For tests: from now on items have to start within this time. */
    static void setPatience(@NonNull Duration shorter) {
        patience = shorter;
    }

    void begin() {
        lookIn(patience);
    }

    private void lookIn(Duration delay) {
        GpuLeases.get().later(delay, this::look);
    }

    private void look() {
        if (!request.isToStartWith(lease)) {
            return;
        }
        if (mayWaitForExecutor()) {
            lookIn(LOOK_AGAIN);
            return;
        }
        boolean[] closed = new boolean[1];
        Queue.withLock((Runnable) () -> closed[0] = request.close(lease));
        if (closed[0]) {
            decline(Messages.StartWatch_notStarted(ReadableTime.of(patience), obstacle()));
        } else {
            lookIn(LOOK_AGAIN);
        }
    }

    private boolean mayWaitForExecutor() {
        Computer computer = NodeNames.computer(lease.node());
        return computer != null
                && computer.isOnline()
                && computer.isAcceptingTasks()
                && computer.countIdle() == 0
                && GpuLeases.get().table().mayWaitForRoom(lease.id());
    }

    private void decline(String why) {
        LOGGER.log(Level.FINE, "GPU lease {0} on {1} is declined: {2}", new Object[] {lease.id(), lease.node(), why});
        if (GpuLeases.get().table().decline(lease, why)) {
            request.declined(lease, why);
        } else {
            request.refuseIfLost(asking);
        }
    }

    private String obstacle() {
        Computer computer = NodeNames.computer(lease.node());
        if (computer == null) {
            return Messages.StartWatch_removed();
        }
        if (computer.isOffline() || !computer.isAcceptingTasks()) {
            return Messages.StartWatch_offline();
        }
        return computer.countIdle() == 0 ? Messages.StartWatch_busy() : Messages.StartWatch_refused();
    }
}
