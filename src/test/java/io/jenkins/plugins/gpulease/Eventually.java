package io.jenkins.plugins.gpulease;

import static org.junit.Assert.fail;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Queue;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

/** Waits for what happens in its own time. */
public final class Eventually {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Eventually() {}

    /** Waits until a condition holds, and fails after a minute if it doesn't. */
    public static void await(@NonNull String what, @NonNull Callable<Boolean> condition) throws Exception {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.call()) {
            if (Instant.now().isAfter(end)) {
                fail("Within a minute it did not happen that " + what + "; table: " + GpuLeases.get().table().views());
            }
            Thread.sleep(20);
        }
    }

    /** Waits until nobody holds or waits for anything on any node. */
    public static void awaitNoLeaseAndNoWaiter() throws Exception {
        await("all leases and waiters are gone", () -> leases() == 0 && waiters() == 0);
    }

    /** Waits until nobody holds or waits for anything, in the build queue either. */
    public static void awaitNothingLeft() throws Exception {
        awaitNoLeaseAndNoWaiter();
        await("the queue is empty", () -> Queue.getInstance().getItems().length == 0);
    }

    /** Number of leases on all nodes. */
    public static int leases() {
        return views().stream().mapToInt(view -> view.leases().size()).sum();
    }

    /** Number of requests that wait, on any node or for one. */
    public static int waiters() {
        return GpuLeases.get().table().floating().size()
                + views().stream().mapToInt(view -> view.waiters().size()).sum();
    }

    private static List<NodeView> views() {
        return GpuLeases.get().table().views();
    }
}
