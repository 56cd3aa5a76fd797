package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Candidates;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.request.InOrder;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * A request that items of the build queue have to start with. It asks when its first item comes; once it is granted, its items
 * may start on that node; with the first one that starts, the lease is in use, and those that come later may start there at
 * once. Without items it asks for nothing.
 *
 * <p>Thread-safe. The monitor of this object guards its state; no lock of the table of leases is taken under it. The
 * queue calls {@link #blockage} and {@link #left} under its lock.
 */
public final class QueuedRequest implements ItemGates.Gate<CauseOfBlockage> {

    private final LeaseRequest request;
    private final RequestListener listener;
    private final CauseOfBlockage cause;
    private final InOrder inOrder = new InOrder();
    private final RequestItems items = new RequestItems();

    private final RequestStand stand = new RequestStand();
    private final AskTimes times;

    /**
     * @param request floats: it has no node
     * @param askedAt when it asked first, before a restart of Jenkins; null if it hasn't
     * @param waitedSince since when it asked when Jenkins was stopped; null if it didn't ask then
     */
    public QueuedRequest(
            @NonNull LeaseRequest request,
            @CheckForNull Instant askedAt,
            @CheckForNull Instant waitedSince,
            @NonNull RequestListener listener) {
        this.request = request;
        this.times = new AskTimes(askedAt, waitedSince);
        this.listener = listener;
        cause = new WaitingForGpus(this);
    }

    @NonNull
    public LeaseRequest request() {
        return request;
    }

    @Override
    @CheckForNull
    public CauseOfBlockage blockage(@NonNull String node) {
        return stand.isOpen(node) ? null : cause;
    }

    /** The lease that its items may start with, or have started with; null if there is none. */
    @CheckForNull
    public synchronized Lease lease() {
        return stand.lease();
    }

    /** Whether an item waits for its GPUs, or to start with them. */
    public synchronized boolean isWaiting() {
        return stand.isWaiting();
    }

    /** Takes up a lease with which an item has started before a restart of Jenkins. */
    public synchronized void resume(@NonNull Lease held) {
        if (!stand.is(RequestState.OVER)) {
            stand.become(RequestState.STARTED, null, held);
        }
    }

    /** Its place in the order. */
    @NonNull
    synchronized Instant arrivedAt() {
        return times.arrivedAt();
    }

    // ---- items

    /** An item of the queue has to start with this request from now on. */
    synchronized void join(long item, @NonNull Candidates candidates) {
        items.add(item, candidates);
        if (stand.is(RequestState.STARTED)) {
            inOrder.execute(this::refuseStranded);
        } else if (stand.is(RequestState.IDLE)) {
            ask(candidates);
        }
    }

    private void ask(Candidates candidates) {
        AskTimes.Asked asked = times.ask();
        Asking begun = new Asking(this, candidates, asked.first());
        stand.become(RequestState.ASKING, begun, null);
        inOrder.execute(() -> {
            listener.onAsking(asked.first(), asked.waitsSince());
            begun.begin();
        });
    }

    /**
     * An item has left the queue. Called under the queue's lock.
     *
     * @param node where it starts; null if it was cancelled
     */
    synchronized void left(long item, @CheckForNull String node) {
        Candidates candidates = items.remove(item);
        if (node != null) {
            start(node);
        } else if (isWaiting() && !items.isAnyLike(candidates)) {
            askForOthers();
        }
    }

    private void start(String node) {
        Lease held = stand.lease();
        boolean isThere = held != null && held.node().equals(node) && GpuLeases.get().table().isHeld(held);
        if (!isThere || stand.is(RequestState.OVER)) {
            inOrder.execute(() -> listener.onRefused(new LeaseFailure(
                    LeaseFailure.Kind.HOLDER_ENDED, Messages.QueuedRequest_startedElsewhere(node))));
        } else if (stand.is(RequestState.GRANTED)) {
            stand.become(RequestState.STARTED, stand.asking(), held);
            listener.starting(held);
            inOrder.execute(() -> {
                GpuLeases.get().table().started(held.id());
                listener.onStarted(held);
                refuseStranded();
            });
        }
    }

    /** Those that are left may run on other nodes only. */
    private void askForOthers() {
        Asking ended = stand.asking();
        stand.become(RequestState.IDLE, null, null);
        inOrder.execute(() -> {
            if (ended != null) {
                ended.end();
            }
            listener.onWithdrawn();
        });
        Candidates others = items.first();
        if (others != null) {
            ask(others);
        }
    }

    /** Items that can't run on the lease's node, because they have another label or because it is gone, would wait for ever. */
    private void refuseStranded() {
        LeaseFailure failure;
        synchronized (this) {
            Lease held = stand.started();
            failure = held == null ? null : items.obstacle(held);
        }
        if (failure != null) {
            listener.onRefused(failure);
        }
    }

    /** Ends when everything is done that was begun by now. */
    @NonNull
    CompletableFuture<Void> settled() {
        return inOrder.done();
    }

    /**
     * A node is gone for good, and so are its leases: the table of leases has a request wait again with whose lease nothing has
     * started. A node that comes back under that name may not start anything with it.
     */
    synchronized void nodeRemoved(@NonNull String node) {
        if (stand.isToStartOn(node)) {
            stand.become(RequestState.ASKING, stand.asking(), null);
        }
        inOrder.execute(this::refuseStranded);
    }

    // ---- what becomes of it

    synchronized void granted(@NonNull Asking by, @NonNull Lease granted) {
        if (by != stand.asking()) {
            return; // withdrawn, and so on its way back
        }
        if (stand.is(RequestState.STARTED)) { // the node that it runs on has been removed, but that comes too late
            inOrder.execute(() -> GpuLeases.get().table().release(granted.id()));
            return;
        }
        if (!GpuLeases.get().table().isHeld(granted)) { // its node was removed before we have heard of it
            inOrder.execute(() -> refuseIfLost(by));
            return;
        }
        stand.become(RequestState.GRANTED, by, granted);
        inOrder.execute(() -> {
            Queue.getInstance().scheduleMaintenance();
            new StartWatch(this, by, granted).begin();
        });
    }

    synchronized void refused(@NonNull Asking by, @NonNull LeaseFailure failure) {
        if (by == stand.asking()) {
            stand.become(RequestState.IDLE, null, null);
            inOrder.execute(() -> listener.onRefused(failure));
        }
    }

    /**
     * Closes the way to a lease with which nothing has started. Called under the queue's lock, so that nothing starts meanwhile.
     *
     * @return false if it isn't its lease any more, or something has started with it, or just starts
     */
    synchronized boolean close(@NonNull Lease declined) {
        if (!isToStartWith(declined) || items.isAnyPending()) {
            return false;
        }
        stand.become(RequestState.ASKING, stand.asking(), null);
        return true;
    }

    /** What it was granted has ended. Unless it waits again, as after the removal of a node, nobody would ever tell it anything. */
    void refuseIfLost(@NonNull Asking by) {
        if (!GpuLeases.get().table().isAlive(request.id())) {
            refused(by, new LeaseFailure(LeaseFailure.Kind.HOLDER_ENDED, Messages.QueuedRequest_lost()));
        }
    }

    synchronized boolean isToStartWith(@NonNull Lease granted) {
        return stand.isToStartWith(granted);
    }

    void declined(@NonNull Lease declined, @NonNull String why) {
        inOrder.execute(() -> listener.onDeclined(declined, why));
    }

    /**
     * Takes it out of the order until the next item comes; what it was granted and nothing has started with goes back. Its items have
     * to be cancelled. Takes the queue's lock, so not to be called under another.
     *
     * @return false if it doesn't ask
     */
    public boolean withdraw() {
        Lease held = lease();
        if (held != null) {
            Queue.withLock((Runnable) () -> close(held));
        }
        return withdrawAsking();
    }

    private synchronized boolean withdrawAsking() {
        Asking ended = stand.asking();
        if (!stand.is(RequestState.ASKING) || ended == null) {
            return false;
        }
        stand.become(RequestState.IDLE, null, null);
        inOrder.execute(ended::end);
        return true;
    }

    /**
     * Ends it: what it waits for is withdrawn, and what it was granted goes back unless an item has started with it; then the
     * lease is its holder's. Its items don't start any more. Idempotent.
     */
    public synchronized void end() {
        Asking ended = stand.is(RequestState.STARTED) ? null : stand.asking();
        stand.become(RequestState.OVER, null, stand.lease());
        if (ended != null) {
            inOrder.execute(ended::end);
        }
    }
}
