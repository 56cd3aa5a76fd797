package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Computer;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.slaves.Cloud;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/**
 * Idle executors and labels of all nodes, as they were seen last. Looks while somebody waits, on the executor of the leases,
 * and tells the table of leases what has changed.
 */
@Extension
public final class NodeRooms {

    private final Map<String, Integer> rooms = new ConcurrentHashMap<>();
    private final Map<Kind, Known> known = new HashMap<>();
    private final AtomicBoolean lookPlanned = new AtomicBoolean();

    /** What makes items alike; any label if it is null. */
    private record Kind(@CheckForNull String label, @NonNull String user) {}

    /** Forgotten with the last request that has it. */
    private record Known(@NonNull WeakReference<LabelCandidates> candidates, @NonNull Authentication user) {}

    @NonNull
    static NodeRooms get() {
        return ExtensionList.lookupSingleton(NodeRooms.class);
    }

    /** Where an item may run. */
    @NonNull
    LabelCandidates candidates(@NonNull Queue.Item item) {
        Label label = item.getAssignedLabel();
        Authentication user = item.authenticate2();
        Kind kind = new Kind(label == null ? null : label.getName(), user.getName());
        if (!isWatched()) {
            look(); // nobody has kept it up to date
        }
        synchronized (known) {
            Known alike = known.get(kind);
            LabelCandidates candidates = alike == null ? null : alike.candidates().get();
            if (candidates == null) {
                candidates = new LabelCandidates(kind.label(), rooms, reach(kind, user));
                known.put(kind, new Known(new WeakReference<>(candidates), user));
            }
            return candidates;
        }
    }

    /** Whether anybody wants to know. */
    boolean isWatched() {
        synchronized (known) {
            known.values().removeIf(kind -> kind.candidates().get() == null);
            return !known.isEmpty();
        }
    }

    /** Looks at all nodes soon. Returns at once. */
    void lookSoon() {
        if (isWatched() && lookPlanned.compareAndSet(false, true)) {
            GpuLeases.get().executor().execute(() -> {
                lookPlanned.set(false);
                look();
            });
        }
    }

    /** Looks at all nodes now. */
    void look() {
        Set<String> names = new HashSet<>();
        Set<String> changed = new HashSet<>();
        for (Node node : nodes()) {
            String name = NodeNames.of(node);
            names.add(name);
            if (lookAt(name, node.toComputer())) {
                changed.add(name);
            }
        }
        rooms.keySet().retainAll(names);
        boolean labelsChanged = lookAtLabels(changed);
        if (labelsChanged || !changed.isEmpty()) {
            GpuLeases.get().table().roomChanged(changed);
        }
    }

    /** Looks at one node now. */
    void look(@NonNull Computer computer) {
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
        return computer == null || computer.isOffline() || !computer.isAcceptingTasks() || Jenkins.get().isQuietingDown()
                ? LabelCandidates.CLOSED
                : computer.countIdle();
    }

    /** @return whether any label reaches others now, or hopes for others */
    private boolean lookAtLabels(Set<String> changed) {
        Map<Kind, Known> kinds;
        synchronized (known) {
            kinds = new HashMap<>(known);
        }
        boolean any = false;
        for (Map.Entry<Kind, Known> kind : kinds.entrySet()) {
            LabelCandidates candidates = kind.getValue().candidates().get();
            if (candidates != null && candidates.reaches(reach(kind.getKey(), kind.getValue().user()))) {
                changed.addAll(candidates.reach().nodes());
                any = true;
            }
        }
        return any;
    }

    private static LabelCandidates.Reach reach(Kind kind, Authentication user) {
        Label label = kind.label() == null ? null : Jenkins.get().getLabel(kind.label());
        Set<String> names = new HashSet<>();
        boolean mayGrow = false;
        for (Node node : nodes()) {
            if (mayUse(node, label, user)) {
                String name = NodeNames.of(node);
                names.add(name);
                mayGrow |= GpuLeases.get().table().view(name).isEmpty();
            }
        }
        return new LabelCandidates.Reach(Set.copyOf(names), mayGrow || cloudsCanProvision(label));
    }

    /** What {@link Node#canTake} asks that is cheap and doesn't change with each item. */
    private static boolean mayUse(Node node, @CheckForNull Label label, Authentication user) {
        boolean fits = label == null ? node.getMode() == Node.Mode.NORMAL : label.contains(node);
        return fits && node.getNumExecutors() > 0 && node.getACL().hasPermission2(user, Computer.BUILD);
    }

    private static boolean cloudsCanProvision(@CheckForNull Label label) {
        Cloud.CloudState state = new Cloud.CloudState(label, 0);
        return Jenkins.get().clouds.stream().anyMatch(cloud -> cloud.canProvision(state));
    }

    private static List<Node> nodes() {
        List<Node> nodes = new ArrayList<>(Jenkins.get().getNodes());
        nodes.add(Jenkins.get());
        return nodes;
    }
}
