package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.lease.Candidates;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A request that items of the build queue have to start with. It asks when its first item comes; once it is granted, its items
 * may start on that node; with the first one that starts, the lease is in use, and those that come later may start there at
 * once. Without items it asks for nothing.
 *
 * <p>Thread-safe. The monitor of this object guards its state; neither the table of leases nor the queue is called under it. The
 * queue calls {@link #blockage} and {@link #left} under its lock.
 */
public final class QueuedRequest implements ItemGates.Gate<CauseOfBlockage> {

    /** Who has the request. Called by the executor of the leases, one call after the other, but for {@link #starting}. */
    public interface Listener {

        /** It asks from now on, at the place of those that asked when it did first. */
        void onAsking(@NonNull Instant askedAt);

        /** It asks no more: its items were cancelled. */
        void onWithdrawn();

        /** An item starts with the lease: called by the queue, under its lock, before the item runs. Notes that, and no more. */
        void starting(@NonNull Lease lease);

        /** The first item has started, on the lease's node. */
        void onStarted(@NonNull Lease lease);

        /** The lease goes back, because no item started there in time; the request waits on. */
        void onDeclined(@NonNull Lease lease, @NonNull String why);

        /** An item can't start, now or ever. */
        void onRefused(@NonNull LeaseFailure failure);
    }

    private enum State {
        /** Asks for nothing. */
        IDLE,
        /** Has asked. */
        ASKING,
        /** May start with a lease. */
        GRANTED,
        /** Has started with a lease. */
        STARTED,
        /** Nobody wants it any more. */
        OVER
    }

    private final LeaseRequest request;
    private final Listener listener;
    private final CauseOfBlockage cause;
    private final InOrder inOrder;
    private final Map<Long, Candidates> items = new LinkedHashMap<>();

    private volatile String openNode;
    private State state = State.IDLE;
    private Asking asking;
    private Lease lease;
    private Instant askedAt;

    /**
     * @param request floats: it has no node
     * @param askedAt when it asked first, before a restart of Jenkins; null if it hasn't
     */
    public QueuedRequest(@NonNull LeaseRequest request, @CheckForNull Instant askedAt, @NonNull Listener listener) {
        this.request = request;
        this.askedAt = askedAt;
        this.listener = listener;
        cause = new WaitingForGpus(this);
        inOrder = new InOrder(GpuLeases.get().executor());
    }

    @NonNull
    public LeaseRequest request() {
        return request;
    }

    @Override
    @CheckForNull
    public CauseOfBlockage blockage(@NonNull String node) {
        String open = openNode;
        return open != null && open.equals(node) ? null : cause;
    }

    /** The lease that its items may start with, or have started with; null if there is none. */
    @CheckForNull
    public synchronized Lease lease() {
        return lease;
    }

    /** Whether an item waits for its GPUs, or to start with them. */
    public synchronized boolean isWaiting() {
        return state == State.ASKING || state == State.GRANTED;
    }

    /** Takes up a lease with which an item has started before a restart of Jenkins. */
    public synchronized void resume(@NonNull Lease held) {
        if (state != State.OVER) {
            state = State.STARTED;
            lease = held;
            openNode = NodeNames.jenkinsName(held.node());
        }
    }

    // ---- items

    /** An item of the queue has to start with this request from now on. */
    void join(@NonNull Queue.Item item) {
        Candidates candidates = NodeRooms.get().candidates(item);
        boolean late;
        synchronized (this) {
            items.put(item.getId(), candidates);
            late = state == State.STARTED;
            if (state == State.IDLE) {
                ask(candidates);
            }
        }
        if (late) {
            inOrder.execute(this::refuseStranded);
        }
    }

    /** Under the monitor. */
    private void ask(Candidates candidates) {
        state = State.ASKING;
        lease = null;
        openNode = null;
        askedAt = askedAt == null ? Instant.now() : askedAt;
        asking = new Asking(this, candidates, askedAt);
        Asking begun = asking;
        inOrder.execute(() -> {
            listener.onAsking(begun.askedAt());
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
        } else if (state == State.ASKING || state == State.GRANTED) {
            cancelled(candidates);
        }
    }

    private void start(String node) {
        if (state == State.GRANTED && lease.node().equals(node)) {
            Lease started = lease;
            state = State.STARTED;
            listener.starting(started);
            inOrder.execute(() -> {
                GpuLeases.get().table().started(started.id());
                listener.onStarted(started);
                refuseStranded();
            });
        } else if (state != State.STARTED || !lease.node().equals(node)) {
            inOrder.execute(() -> listener.onRefused(new LeaseFailure(
                    LeaseFailure.Kind.HOLDER_ENDED, Messages.QueuedRequest_startedElsewhere(node))));
        }
    }

    /** Those that are left may run on other nodes only. */
    private void cancelled(@CheckForNull Candidates candidates) {
        if (items.containsValue(candidates)) {
            return;
        }
        Asking ended = asking;
        asking = null;
        lease = null;
        openNode = null;
        state = State.IDLE;
        inOrder.execute(() -> {
            ended.end();
            listener.onWithdrawn();
        });
        items.values().stream().findFirst().ifPresent(this::ask);
    }

    /** Items that can't run on the lease's node, because they have another label or because it is gone, would wait for ever. */
    private void refuseStranded() {
        LeaseFailure failure = null;
        synchronized (this) {
            if (state != State.STARTED || items.isEmpty()) {
                return;
            }
            if (NodeNames.node(lease.node()) == null) {
                failure = new LeaseFailure(
                        LeaseFailure.Kind.NODE_REMOVED, Messages.QueuedRequest_nodeRemoved(lease.node()));
            } else if (!items.values().stream().allMatch(candidates -> candidates.mayUse(lease.node()))) {
                failure = new LeaseFailure(
                        LeaseFailure.Kind.IMPOSSIBLE, Messages.QueuedRequest_otherNode(lease.node()));
            }
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

    /** A node is gone for good. */
    void nodeRemoved() {
        inOrder.execute(this::refuseStranded);
    }

    // ---- what becomes of it

    synchronized void granted(@NonNull Asking by, @NonNull Lease granted) {
        if (by != asking) {
            return; // withdrawn, and so on its way back
        }
        if (state == State.STARTED) { // the node that it runs on has been removed, but that comes too late
            inOrder.execute(() -> GpuLeases.get().table().release(granted.id()));
            return;
        }
        state = State.GRANTED;
        lease = granted;
        openNode = NodeNames.jenkinsName(granted.node());
        inOrder.execute(() -> {
            Queue.getInstance().scheduleMaintenance();
            new StartWatch(this, granted).begin();
        });
    }

    synchronized void refused(@NonNull Asking by, @NonNull LeaseFailure failure) {
        if (by == asking) {
            asking = null;
            lease = null;
            openNode = null;
            state = State.IDLE;
            inOrder.execute(() -> listener.onRefused(failure));
        }
    }

    /**
     * Closes the way to a lease with which nothing has started. Called under the queue's lock, so that nothing starts meanwhile.
     *
     * @return false if it isn't its lease any more, or something has started with it, or just starts
     */
    synchronized boolean close(@NonNull Lease declined) {
        if (state != State.GRANTED || lease != declined || items.keySet().stream().anyMatch(QueuedRequest::isPending)) {
            return false;
        }
        state = State.ASKING;
        lease = null;
        openNode = null;
        return true;
    }

    private static boolean isPending(long item) {
        return Queue.getInstance().getItem(item) instanceof Queue.BuildableItem buildable && buildable.isPending();
    }

    synchronized boolean isToStartWith(@NonNull Lease granted) {
        return state == State.GRANTED && lease == granted;
    }

    void declined(@NonNull Lease declined, @NonNull String why) {
        inOrder.execute(() -> listener.onDeclined(declined, why));
    }

    /**
     * Takes it out of the order until the next item comes. Its items have to be cancelled.
     *
     * @return false if it doesn't ask
     */
    public synchronized boolean withdraw() {
        if (state != State.ASKING) {
            return false;
        }
        Asking ended = asking;
        asking = null;
        state = State.IDLE;
        inOrder.execute(ended::end);
        return true;
    }

    /**
     * Ends it: what it waits for is withdrawn, and what it was granted goes back unless an item has started with it; then the
     * lease is its holder's. Its items don't start any more. Idempotent.
     */
    public synchronized void end() {
        Asking ended = state == State.STARTED ? null : asking;
        state = State.OVER;
        asking = null;
        openNode = null;
        if (ended != null) {
            inOrder.execute(ended::end);
        }
    }
}
