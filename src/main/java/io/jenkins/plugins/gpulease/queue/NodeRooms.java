package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Computer;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Queue;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/**
 * Idle executors and labels of all nodes, as they were seen last. Looks while somebody waits, on the executor of the leases,
 * and tells the table of leases what has changed. One look at executors comes after the other, and so does one at labels: of two
 * at a time, the one that saw less could have the last word, and a request fail for want of a node that is there.
 */
@Extension
public final class NodeRooms {

    /** A label or a cloud of another plugin may hang. */
    private static final int PATIENCE_SECONDS = 10;

    private static final Logger LOGGER = Logger.getLogger(NodeRooms.class.getName());

    private final Map<String, Integer> rooms = new ConcurrentHashMap<>();
    private final Map<Kind, Known> known = new HashMap<>();
    private final GoneNodes gone = new GoneNodes();

    /** Asks nothing that the queue doesn't ask under its own lock: it never waits for the other one, which may hang. */
    private final PlannedLook roomLook = new PlannedLook(this::lookAtRooms);

    private final PlannedLook labelLook = new PlannedLook(this::lookAtLabels);

    /** Whether a look at labels takes long. */
    private final AtomicBoolean late = new AtomicBoolean();

    private final Set<Computer> planned = ConcurrentHashMap.newKeySet();

    /** Whether anybody wants to know: read under the queue's lock, where no monitor of ours may be waited for. */
    private volatile boolean watched;

    private volatile boolean quieting;

    /**
     * What makes items alike.
     *
     * @param label null for any
     * @param startsWhileQuieting whether Jenkins lets them start even while it prepares for a shutdown
     */
    private record Kind(@CheckForNull String label, @NonNull String user, boolean startsWhileQuieting) {}

    /** Forgotten with the last request that has it. */
    private record Known(@NonNull WeakReference<LabelCandidates> candidates, @NonNull Authentication user) {}

    @NonNull
    public static NodeRooms get() {
        return ExtensionList.lookupSingleton(NodeRooms.class);
    }

    /**
     * Where an item may run, once what anybody has told by now is seen; everything, if nobody has kept it up to date. If that takes
     * long, what was seen before counts. Asks other plugins, so not to be called under a lock; doesn't wait for them.
     */
    @NonNull
    CompletableFuture<LabelCandidates> candidates(@NonNull Queue.Item item) {
        Label label = item.getAssignedLabel();
        Authentication user = item.authenticate2();
        Kind kind = new Kind(
                label == null ? null : label.getName(), user.getName(), item.task instanceof Queue.NonBlockingTask);
        CompletableFuture<LabelCandidates> seen = late.get() ? CompletableFuture.completedFuture(null) : see(kind, user);
        return seen.thenApplyAsync(found -> found == null ? seenBefore(kind, user) : found, GpuLeases.get()::begin);
    }

    /** @return ends with null if it takes long */
    private CompletableFuture<LabelCandidates> see(Kind kind, Authentication user) {
        CompletableFuture<LabelCandidates> seen = new CompletableFuture<>();
        boolean everything = !isWatched();
        roomLook.caughtUp(everything).thenRun(() -> {
            labelLook.caughtUp(everything);
            labelLook.between(() -> see(kind, user, seen));
        });
        return seen.completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void see(Kind kind, Authentication user, CompletableFuture<LabelCandidates> seen) {
        late.set(false);
        if (seen.isDone()) {
            return;
        }
        try {
            LabelCandidates alike = alike(kind);
            seen.complete(alike != null ? alike : add(kind, user, reach(kind, user, LabelReach.nodes())));
        } catch (Throwable e) {
            seen.completeExceptionally(e);
        }
    }

    /** Of what is new, clouds may bring more until the look that hangs has ended. */
    private LabelCandidates seenBefore(Kind kind, Authentication user) {
        if (late.compareAndSet(false, true)) {
            LOGGER.warning("Looking at all nodes takes long; what was seen before counts until then");
        }
        LabelCandidates alike = alike(kind);
        return alike != null
                ? alike
                : add(kind, user, LabelReach.ofNodes(label(kind), user, LabelReach.nodes(), gone).growing());
    }

    @CheckForNull
    private LabelCandidates alike(Kind kind) {
        synchronized (known) {
            Known alike = known.get(kind);
            return alike == null ? null : alike.candidates().get();
        }
    }

    private LabelCandidates add(Kind kind, Authentication user, LabelCandidates.Reach reach) {
        LabelCandidates candidates;
        synchronized (known) {
            candidates = alike(kind);
            if (candidates == null) {
                candidates = new LabelCandidates(kind.label(), rooms, () -> quieting && !kind.startsWhileQuieting(), reach);
                known.put(kind, new Known(new WeakReference<>(candidates), user));
                watched = true;
            }
        }
        lookSoon(); // at what has changed before it was known
        return candidates;
    }

    /** Whether anybody wants to know. Takes no lock. */
    boolean isWatched() {
        return watched;
    }

    /** Looks at all nodes soon. Returns at once, and takes no lock. */
    void lookSoon() {
        if (isWatched()) {
            roomLook.soon();
            labelLook.soon();
        }
    }

    /** Looks at one node soon. Returns at once. */
    void lookSoon(@NonNull Computer computer) {
        if (isWatched() && planned.add(computer)) {
            roomLook.between(() -> {
                planned.remove(computer);
                look(computer);
            });
        }
    }

    private void lookAtRooms() {
        Set<String> names = new HashSet<>();
        Set<String> changed = new HashSet<>();
        boolean quietingBefore = quieting;
        quieting = Jenkins.get().isQuietingDown();
        for (Node node : LabelReach.nodes()) {
            String name = NodeNames.of(node);
            names.add(name);
            if (lookAt(name, node.toComputer()) || quieting != quietingBefore) {
                changed.add(name);
            }
        }
        rooms.keySet().retainAll(names);
        if (!changed.isEmpty()) {
            GpuLeases.get().table().roomChanged(changed);
        }
    }

    private void lookAtLabels() {
        late.set(false);
        Map<String, Node> nodes = new HashMap<>();
        LabelReach.nodes().forEach(node -> nodes.put(NodeNames.of(node), node));
        gone.see(nodes);
        Set<String> changed = new HashSet<>();
        if (lookAtLabels(changed, nodes.values())) {
            GpuLeases.get().table().roomChanged(changed);
        }
    }

    /**
     * A node was removed, or has another name now. Call it before the table of leases is told: those that wait may go on waiting.
     * Some plugins remove nodes under the queue's lock, so it looks later.
     */
    public void removed(@NonNull Node node) {
        gone.add(node);
        lookSoon();
    }

    private void look(Computer computer) {
        if (quieting != Jenkins.get().isQuietingDown()) {
            lookAtRooms();
            return;
        }
        String name = NodeNames.of(computer);
        if (lookAt(name, computer)) {
            GpuLeases.get().table().roomChanged(List.of(name));
        }
    }

    private boolean lookAt(String name, @CheckForNull Computer computer) {
        int room = room(computer);
        Integer before = rooms.put(name, room);
        return before == null || before != room;
    }

    private static int room(@CheckForNull Computer computer) {
        return computer == null || computer.isOffline() || !computer.isAcceptingTasks()
                ? LabelCandidates.CLOSED
                : computer.countIdle();
    }

    /** @return whether any label reaches others now, or hopes for others */
    private boolean lookAtLabels(Set<String> changed, Collection<Node> nodes) {
        boolean any = false;
        for (Map.Entry<Kind, Known> kind : kinds().entrySet()) {
            LabelCandidates candidates = kind.getValue().candidates().get();
            if (candidates != null && lookAtLabel(kind.getKey(), kind.getValue().user(), candidates, nodes)) {
                changed.addAll(candidates.reach().nodes());
                any = true;
            }
        }
        return any;
    }

    private Map<Kind, Known> kinds() {
        synchronized (known) {
            known.values().removeIf(kind -> kind.candidates().get() == null);
            watched = !known.isEmpty();
            return new HashMap<>(known);
        }
    }

    /** A label about which another plugin fails keeps what was known of it. */
    private boolean lookAtLabel(Kind kind, Authentication user, LabelCandidates candidates, Collection<Node> nodes) {
        try {
            return candidates.reaches(reach(kind, user, nodes));
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not look which nodes have " + candidates.title());
            return false;
        }
    }

    /** What was told meanwhile, the next look sees: nobody may fail for want of it until then. */
    private LabelCandidates.Reach reach(Kind kind, Authentication user, Collection<Node> nodes) {
        LabelCandidates.Reach reach = LabelReach.of(label(kind), user, nodes, gone);
        return labelLook.isPlanned() ? reach.growing() : reach;
    }

    @CheckForNull
    private static Label label(Kind kind) {
        return kind.label() == null ? null : Jenkins.get().getLabel(kind.label());
    }
}
