package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Executor;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The items of the build queue that have to start with a lease, or might have to. Which request one belongs to is found out once,
 * by the executor of the leases; until then it waits.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class QueuedItems {

    private static final Logger LOGGER = Logger.getLogger(QueuedItems.class.getName());

    /** Joining those that wait is quick; only a fault can keep a request from it. */
    private static final int PATIENCE_SECONDS = 10;

    /** Looking at labels that hang is given up before that. */
    private static final int RESOLVING_SECONDS = 15;

    private static final boolean AGAIN = true;

    private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

    private static final Duration TRY_AGAIN = Duration.ofSeconds(2);

    /** Its items are looked at right now, or will be. */
    static final ItemGates.Gate<CauseOfBlockage> UNRESOLVED = node -> Unresolved.CAUSE;

    /** Its items are looked at once nothing but a node keeps them from starting. */
    private static final ItemGates.Gate<CauseOfBlockage> BLOCKED = node -> Unresolved.CAUSE;

    private final ItemGates<CauseOfBlockage> gates;
    private final Map<Long, Queue.Item> unresolved = new ConcurrentHashMap<>();

    /** Those that are being resolved, and whether something has changed since that began. */
    private final Map<Queue.Item, Boolean> resolving = new ConcurrentHashMap<>();

    private volatile boolean mayLoad;
    private volatile boolean resumed;

    public QueuedItems() {
        this(new ItemGates<>());
    }

    QueuedItems(@NonNull ItemGates<CauseOfBlockage> gates) {
        this.gates = gates;
    }

    @NonNull
    public static QueuedItems get() {
        return ExtensionList.lookupSingleton(QueuedItems.class);
    }

    /** Called under the queue's lock, for each item and each node. */
    @CheckForNull
    CauseOfBlockage blockage(@NonNull Node node, @NonNull Queue.Item item) {
        return gates.blockage(item.getId(), node.getNodeName());
    }

    /** An item came that nothing but its quiet period or a node keeps from starting. Called under the queue's lock. */
    void entered(@NonNull Queue.Item item) {
        ItemGates.Gate<CauseOfBlockage> gate = gates.get(item.getId());
        if (gate == BLOCKED || gate == null && isConcerned(item)) {
            unresolved.put(item.getId(), item);
            gates.put(item.getId(), UNRESOLVED);
            resolveSoon(item);
        }
    }

    private boolean isConcerned(Queue.Item item) {
        for (ItemResolver resolver : ExtensionList.lookup(ItemResolver.class)) {
            if (isTime(item, resolver) && resolver.mayConcern(item, resumed)) {
                return true;
            }
        }
        return false;
    }

    /** At the start of Jenkins items come back in any state; later they all have been waiting first. */
    private boolean isTime(Queue.Item item, ItemResolver resolver) {
        return resolver.isForBuildable()
                ? item instanceof Queue.BuildableItem
                : item instanceof Queue.WaitingItem || !resumed;
    }

    /** Something else than nodes keeps an item from starting; GPUs mustn't wait for it. Called under the queue's lock. */
    void blocked(@NonNull Queue.BlockedItem item) {
        boolean isKnown = gates.get(item.getId()) != null;
        if (isKnown) {
            left(item.getId(), null);
        }
        if (isKnown || isConcerned(item)) {
            gates.put(item.getId(), BLOCKED);
        }
    }

    /** An item may start wherever it is allowed to, without GPUs, unless it has another request by now. Returns at once. */
    public void free(long item, @NonNull QueuedRequest request) {
        if (gates.remove(item, request)) {
            Queue.getInstance().scheduleMaintenance();
        }
    }

    /** An item started, or was cancelled. Called under the queue's lock. */
    void left(@NonNull Queue.LeftItem item) {
        left(item.getId(), startedOn(item));
    }

    private void left(long item, @CheckForNull String node) {
        unresolved.remove(item);
        if (gates.remove(item) instanceof QueuedRequest request) {
            request.left(item, node);
        }
    }

    @CheckForNull
    private static String startedOn(Queue.LeftItem item) {
        Executor executor = item.isCancelled() ? null : item.outcome.getPrimaryWorkUnit().getExecutor();
        return executor == null ? null : NodeNames.of(executor.getOwner());
    }

    /** Something has changed for items of which nothing could be said. Returns at once. */
    public void resolveAgain() {
        List.copyOf(unresolved.values()).forEach(this::resolveSoon);
    }

    /**
     * Everything that survived the start of Jenkins has resumed. When this returns, its items are resolved, and their requests
     * have joined those that wait.
     */
    public void resume() {
        resumed = true;
        resumeInPart();
    }

    /**
     * What has resumed by now is waited for no longer. When this returns, its items are as after {@link #resume}; those of Pipelines
     * that haven't resumed wait on.
     */
    public void resumeInPart() {
        mayLoad = true;
        await(List.copyOf(unresolved.values()).stream().map(this::resolve), RESOLVING_SECONDS);
        await(
                gates.all().stream()
                        .filter(QueuedRequest.class::isInstance)
                        .map(gate -> ((QueuedRequest) gate).settled()),
                PATIENCE_SECONDS);
    }

    private static void await(Stream<CompletableFuture<Void>> all, int seconds) {
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.log(Level.WARNING, "Not all GPU requests in the build queue have got their old place again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A node is gone for good, or has another name now; the table of leases knows it already. Returns at once.
     *
     * @param node its former name in the table of leases
     */
    public void nodeRemoved(@NonNull String node) {
        gates.all().stream()
                .filter(QueuedRequest.class::isInstance)
                .distinct()
                .forEach(gate -> ((QueuedRequest) gate).nodeRemoved(node));
    }

    /** Whatever another plugin throws when it is asked, the item mustn't wait for ever. */
    private CompletableFuture<Void> resolve(Queue.Item item) {
        CompletableFuture<Void> resolved;
        try {
            resolved = gates.get(item.getId()) == UNRESOLVED ? resolved(item, resolution(item)) : NOTHING;
        } catch (Throwable e) {
            resolved = CompletableFuture.failedFuture(e);
        }
        return resolved.exceptionally(e -> {
            LOGGER.log(Level.WARNING, e, () -> "Could not look which GPUs " + item + " has to start with; trying again soon");
            GpuLeases.get().later(TRY_AGAIN, () -> resolveSoon(item));
            return null;
        });
    }

    /** However often one is asked for, one goes on at a time; what changed meanwhile, another one sees. */
    private void resolveSoon(Queue.Item item) {
        if (resolving.put(item, AGAIN) == null) {
            GpuLeases.get().begin(() -> resolveNow(item));
        }
    }

    private void resolveNow(Queue.Item item) {
        resolving.put(item, !AGAIN);
        resolve(item).whenComplete((done, failure) -> {
            if (!resolving.remove(item, !AGAIN)) {
                GpuLeases.get().begin(() -> resolveNow(item));
            }
        });
    }

    private Resolution resolution(Queue.Item item) {
        boolean all = resumed;
        Resolution first = Resolution.FREE;
        for (ItemResolver resolver : ExtensionList.lookup(ItemResolver.class)) {
            Resolution found = resolution(item, resolver, all);
            first = first == Resolution.FREE ? found : first;
        }
        return first;
    }

    /** Of a build that can't be loaded it may be said later, but once everything has resumed it is gone, as its task says itself. */
    private Resolution resolution(Queue.Item item, ItemResolver resolver, boolean allResumed) {
        try {
            return resolver.mayConcern(item, false) ? resolver.resolve(item, mayLoad) : Resolution.FREE;
        } catch (Exception | LinkageError e) {
            LOGGER.log(Level.FINE, e, () -> "Nothing can be said of " + item);
            return allResumed ? Resolution.FREE : Resolution.LATER;
        }
    }

    private CompletableFuture<Void> resolved(Queue.Item item, Resolution resolution) {
        QueuedRequest request = resolution.request();
        if (resolution.isKnown() && request != null) {
            return NodeRooms.get().candidates(item).thenAccept(candidates -> joins(item, request, candidates));
        }
        if (resolution.isKnown() && gates.remove(item.getId(), UNRESOLVED)) {
            isResolved(item);
        }
        return NOTHING;
    }

    /** An item that left meanwhile, and may have come back, is somebody else's. */
    private void joins(Queue.Item item, QueuedRequest request, LabelCandidates candidates) {
        long id = item.getId();
        if (gates.replace(id, UNRESOLVED, request, () -> request.join(id, candidates))) {
            isResolved(item);
        }
    }

    private void isResolved(Queue.Item item) {
        unresolved.remove(item.getId(), item);
        Queue.getInstance().scheduleMaintenance();
    }

    private static final class Unresolved extends CauseOfBlockage {

        private static final CauseOfBlockage CAUSE = new Unresolved();

        @Override
        public String getShortDescription() {
            return Messages.QueuedItems_unresolved();
        }
    }
}
