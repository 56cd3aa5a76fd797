package io.jenkins.plugins.gpulease.wrapper;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.queue.QueuedItems;
import io.jenkins.plugins.gpulease.queue.QueuedRequest;
import io.jenkins.plugins.gpulease.queue.RequestListener;
import io.jenkins.plugins.gpulease.request.AutoMinMemory;
import io.jenkins.plugins.gpulease.request.GpuRequest;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import io.jenkins.plugins.gpulease.request.LeaseText;
import io.jenkins.plugins.gpulease.request.WaitWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A build in the queue, or just out of it, and what becomes of its request. One that is refused starts without GPUs, to tell in its
 * log why: in the queue it can't fail. One that waits for too long is cancelled. In memory only; after a restart there is a new
 * one.
 */
final class QueuedBuild implements RequestListener, WaitWatch.Waiting {

    private static final Logger LOGGER = Logger.getLogger(QueuedBuild.class.getName());

    /** A build begins right after its item has left the queue. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Queue.Item item;
    private final GpuRequest asked;
    private final List<String> autoLines;
    private final QueuedRequest queued;

    @CheckForNull
    private volatile WaitWatch watch;

    private volatile Instant askedAt;

    @CheckForNull
    private volatile Lease lease;

    @CheckForNull
    private volatile LeaseFailure failure;

    private volatile boolean begun;
    private volatile Instant lostSince;

    /** @param askedBefore when it asked first, before a restart of Jenkins; null if it hasn't */
    QueuedBuild(@NonNull Queue.Item item, @NonNull AutoMinMemory auto, @CheckForNull Instant askedBefore) {
        this.item = item;
        this.asked = auto.request();
        this.autoLines = auto.lines();
        String id = UUID.randomUUID().toString();
        queued = new QueuedRequest(
                new LeaseRequest(
                        id, null, asked.devices(), BuildHolder.of(item, id), asked.priority(), null, asked.isSkipIfBusy()),
                askedBefore,
                askedBefore,
                this);
    }

    @NonNull
    QueuedRequest queued() {
        return queued;
    }

    /** What its build has started with; null if it has started without GPUs. */
    @CheckForNull
    Lease lease() {
        return lease;
    }

    /** Why it has started without GPUs; null if nobody has refused them. */
    @CheckForNull
    LeaseFailure failure() {
        return failure;
    }

    /** Whether it asks for nothing any more, so that its build may start and say so. */
    boolean hasEnded() {
        LeaseFailure refusal = failure;
        return refusal != null && refusal.kind() == LeaseFailure.Kind.HOLDER_ENDED;
    }

    /** Whether it left the queue a while ago, and no build came of it. */
    boolean isLost() {
        if (begun || isQueued()) {
            return false;
        }
        lostSince = lostSince == null ? Instant.now() : lostSince;
        return Instant.now().isAfter(lostSince.plus(PATIENCE));
    }

    /** Whether it is still in the queue. */
    boolean isQueued() {
        Queue.Item now = Queue.getInstance().getItem(item.getId());
        return now != null && !(now instanceof Queue.LeftItem);
    }

    /** Its build runs from now on, and holds the lease. */
    void begin(@NonNull Run<?, ?> build, @NonNull TaskListener listener) {
        begun = true;
        Lease started = lease;
        if (started == null || GpuLeases.get().table().lease(started.id()).isEmpty()) {
            return;
        }
        Lease held = started.heldBy(BuildHolder.of(build, null, started.id()));
        lease = held;
        LeaseLog log = new LeaseLog(listener);
        HoldingBuilds.get().add(held.id(), build, log);
        GpuLeases.get().table().adopt(held);
        GpuLeasesAction.granted(build, new StoredLease(held), asked.devices().toString());
        log.write(autoLines);
        log.write(LeaseText.asked(asked.devices(), LeaseText.where(queued.request()), false));
        log.writeGranted(held, Duration.between(askedAt, held.grantedAt()));
    }

    /** It was cancelled, or its build has ended. */
    void end() {
        endWatch();
        queued.end();
    }

    private void endWatch() {
        WaitWatch ended = watch;
        if (ended != null) {
            ended.end();
        }
    }

    // ---- what becomes of the request

    @Override
    public void onAsking(Instant first, Instant since) {
        askedAt = first;
        failure = null;
        Duration timeout = asked.timeout();
        if (timeout != null) {
            WaitWatch begun = new WaitWatch(this, queued.request(), since, timeout, new LeaseLog(TaskListener.NULL));
            watch = begun;
            begun.begin();
        }
    }

    @Override
    public void onWithdrawn() {
        endWatch();
    }

    @Override
    public void starting(Lease granted) {
        lease = granted;
    }

    @Override
    public void onStarted(Lease granted) {
        endWatch();
    }

    @Override
    public void onDeclined(Lease declined, String why) {
        LOGGER.log(Level.FINE, "{0} got no executor with its GPUs of {1}: {2}", new Object[] {item, declined.node(), why});
    }

    @Override
    public void onRefused(LeaseFailure refusal) {
        endWatch();
        failure = refusal;
        if (refusal.kind() == LeaseFailure.Kind.HOLDER_ENDED) { // it has started elsewhere, and asks there
            queued.end();
        }
        QueuedItems.get().free(item.getId(), queued);
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
            LOGGER.info(Messages.QueuedBuild_cancelled(queued.request().holder(), explanation));
            Queue.Item now = Queue.getInstance().getItem(item.getId());
            if (now != null) {
                Queue.getInstance().cancel(now);
            }
        }
    }
}
