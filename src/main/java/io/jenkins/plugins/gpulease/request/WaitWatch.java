package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.WaitTimeout;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks after a block that waits: tells the log why and at which place, when that changes, and ends the wait at its timeout.
 * Its ticks share Jenkins' timer, and work on the executor of the leases.
 */
public final class WaitWatch {

    private static final Logger LOGGER = Logger.getLogger(WaitWatch.class.getName());

    /** Most waits are over before; so the usual block writes nothing about waiting. */
    private static final Duration FIRST_LOOK = Duration.ofMillis(500);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(15);

    /** After a timeout that is over but has not ended the wait; never at once, lest a fault become a busy loop. */
    private static final Duration TOO_LATE_LOOK = Duration.ofSeconds(1);

    private static final Duration RAREST_REPORT = Duration.ofMinutes(5);

    /** The block that waits. */
    public interface Waiting {

        boolean isWaiting();

        /** Ends the wait with an error. */
        void timedOut(@NonNull String explanation);
    }

    private final Waiting waiting;
    private final LeaseRequest request;
    private final Instant askedAt;

    @CheckForNull
    private final Duration timeout;

    private final LeaseLog log;

    private Future<?> next;
    private boolean ended;
    private String lastReport = "";
    private Instant reportedAt = Instant.EPOCH;
    private Duration silence = LOOK_EVERY;

    public WaitWatch(
            @NonNull Waiting waiting,
            @NonNull LeaseRequest request,
            @NonNull Instant askedAt,
            @CheckForNull Duration timeout,
            @NonNull LeaseLog log) {
        this.waiting = waiting;
        this.request = request;
        this.askedAt = askedAt;
        this.timeout = timeout;
        this.log = log;
    }

    public void begin() {
        lookIn(FIRST_LOOK);
    }

    public synchronized void end() {
        ended = true;
        if (next != null) {
            next.cancel(false);
        }
    }

    private synchronized void lookIn(Duration delay) {
        if (!ended) {
            long untilTimeout = untilTimeout().toMillis();
            long millis = Math.min(delay.toMillis(), untilTimeout > 0 ? untilTimeout : TOO_LATE_LOOK.toMillis());
            next = GpuLeases.get().later(Duration.ofMillis(millis), this::tick);
        }
    }

    private Duration untilTimeout() {
        return timeout == null ? WaitTimeout.MAX : Duration.between(Instant.now(), askedAt.plus(timeout));
    }

    /** One failure must not cost the timeout. */
    private void tick() {
        if (!waiting.isWaiting()) {
            return;
        }
        try {
            look();
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not look after the GPU request of " + request.holder());
        } finally {
            lookIn(LOOK_EVERY);
        }
    }

    private void look() {
        List<String> explanation = explanation();
        if (timeout != null && untilTimeout().compareTo(Duration.ZERO) <= 0) {
            waiting.timedOut(LeaseText.timedOut(timeout, request, explanation));
        } else if (!explanation.isEmpty()) {
            report(explanation);
        }
    }

    /** One that floats may have its lease and wait for an executor still. */
    private List<String> explanation() {
        LeaseTable table = GpuLeases.get().table();
        Optional<Lease> lease = request.node() == null ? table.lease(request.id()) : Optional.empty();
        return lease.map(LeaseText::leasedAhead).orElseGet(() -> table.explain(request.id()));
    }

    private void report(List<String> explanation) {
        List<String> lines = LeaseText.waiting(LeaseText.where(request), explanation);
        String gist = LeaseText.withoutTimes(lines);
        Instant now = Instant.now();
        if (gist.equals(lastReport) || now.isBefore(reportedAt.plus(silence)) && !lastReport.isEmpty()) {
            return;
        }
        if (!lastReport.isEmpty() && silence.compareTo(RAREST_REPORT) < 0) {
            silence = silence.multipliedBy(2);
        }
        lastReport = gist;
        reportedAt = now;
        log.write(lines, HolderLinks.in(lines, request.node()));
    }

    /**
     * Where a request stands; null if it doesn't wait.
     *
     * @param node that it is bound to; null if it floats
     */
    @CheckForNull
    public static WaiterView place(@CheckForNull String node, @NonNull String requestId) {
        LeaseTable table = GpuLeases.get().table();
        List<WaiterView> waiters = node == null
                ? table.floating()
                : table.view(node).map(NodeView::waiters).orElse(List.of());
        return waiters.stream()
                .filter(waiter -> waiter.request().id().equals(requestId))
                .findFirst()
                .orElse(null);
    }
}
