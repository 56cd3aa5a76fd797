package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.queue.QueuedRequest;
import io.jenkins.plugins.gpulease.queue.RequestListener;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import io.jenkins.plugins.gpulease.request.LeaseText;
import io.jenkins.plugins.gpulease.request.WaitWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What becomes of the request of a block that isn't inside a node. In memory only; after a restart there is a new one. */
final class OutsideWait implements RequestListener, WaitWatch.Waiting {

    private final OutsideBlockExecution block;
    private final LeaseRequest request;

    @CheckForNull
    private final Duration timeout;

    private final LeaseLog log;
    private final QueuedRequest queued;

    @CheckForNull
    private volatile WaitWatch watch;

    private volatile Instant askedAt;
    private final boolean again;

    /** Told once: it may be blocked, and ask again, many times. */
    private boolean told;

    /** Why nothing started on a node. */
    private final Map<String, String> declined = new ConcurrentHashMap<>();

    /**
     * @param askedAt when it asked first, before a restart of Jenkins; null if it hasn't
     * @param waitedSince since when it asked when Jenkins was stopped; null if it didn't
     */
    OutsideWait(
            @NonNull OutsideBlockExecution block,
            @NonNull LeaseRequest request,
            @CheckForNull Instant askedAt,
            @CheckForNull Instant waitedSince,
            @CheckForNull Duration timeout,
            @NonNull LeaseLog log) {
        this.block = block;
        this.request = request;
        this.timeout = timeout;
        this.log = log;
        again = askedAt != null;
        queued = new QueuedRequest(request, askedAt, waitedSince, this);
    }

    @NonNull
    QueuedRequest queued() {
        return queued;
    }

    @Override
    public void onAsking(Instant first, Instant since) {
        askedAt = first;
        block.asked(first, since);
        if (!told) {
            told = true;
            String where = LeaseText.where(request);
            log.write(again ? LeaseText.askedAgain(request.devices(), where) : LeaseText.asked(request.devices(), where, false));
        }
        WaitWatch begun = new WaitWatch(this, request, since, timeout, log);
        watch = begun;
        begun.begin();
    }

    @Override
    public void onWithdrawn() {
        block.asksNoMore();
        endWatch();
    }

    private void endWatch() {
        WaitWatch ended = watch;
        if (ended != null) {
            ended.end();
        }
    }

    @Override
    public void starting(Lease lease) {
        block.starts(new StoredLease(lease));
    }

    @Override
    public void onStarted(Lease lease) {
        endWatch();
        block.note(new StoredLease(lease)); // first, or it might come back before
        log.writeGranted(lease, Duration.between(askedAt, Instant.now()));
    }

    /** Told once for each node and reason: it may be tried there every half minute. */
    @Override
    public void onDeclined(Lease lease, String why) {
        if (!why.equals(declined.put(lease.node(), why))) {
            log.write(LeaseText.declined(lease, why));
        }
    }

    @Override
    public void onRefused(LeaseFailure failure) {
        endWatch();
        if (failure.kind() == LeaseFailure.Kind.BUSY) {
            log.write(LeaseText.skipped(failure.message()));
            log.then(block::skip);
        } else {
            log.then(() -> block.refuse(LeaseText.refusal(failure)));
        }
    }

    // ---- for the watch

    @Override
    public boolean isWaiting() {
        return queued.isWaiting();
    }

    @Override
    public void timedOut(String explanation) {
        if (queued.withdraw()) {
            endWatch();
            log.then(() -> block.refuse(new AbortException(explanation)));
        }
    }
}
