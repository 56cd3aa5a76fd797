package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import hudson.model.Label;
import hudson.model.Node;
import hudson.slaves.Cloud;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/** Which nodes a label reaches. Asks labels, access control and clouds of other plugins: never under a lock. */
final class LabelReach {

    private static final Logger LOGGER = Logger.getLogger(LabelReach.class.getName());

    /** Clouds that have failed and of which the log knows. */
    private static final Set<String> FAILED = ConcurrentHashMap.newKeySet();

    private LabelReach() {}

    /**
     * @param label null for any
     * @param nodes all that there are
     * @param gone those that may come back
     */
    @NonNull
    static LabelCandidates.Reach of(
            @CheckForNull Label label,
            @NonNull Authentication user,
            @NonNull Collection<Node> nodes,
            @NonNull GoneNodes gone) {
        LabelCandidates.Reach reach = ofNodes(label, user, nodes, gone);
        return reach.mayGrow() || cloudsCanProvision(label) ? reach.growing() : reach;
    }

    /** As {@link #of}, but asks no cloud. */
    @NonNull
    static LabelCandidates.Reach ofNodes(
            @CheckForNull Label label,
            @NonNull Authentication user,
            @NonNull Collection<Node> nodes,
            @NonNull GoneNodes gone) {
        Set<String> names = new HashSet<>();
        boolean mayGrow = false;
        for (Node node : nodes) {
            if (mayUse(node, label, user)) {
                String name = NodeNames.of(node);
                names.add(name);
                mayGrow |= GpuLeases.get().table().view(name).isEmpty();
            }
        }
        boolean mayReturn = names.isEmpty() && (gone.anyHad(label) || isJustRemoved(label, nodes));
        return new LabelCandidates.Reach(Set.copyOf(names), mayGrow, mayReturn);
    }

    /** A node that is removed while it is looked at: labels know of that first. */
    private static boolean isJustRemoved(@CheckForNull Label label, Collection<Node> nodes) {
        return label != null && nodes.stream().anyMatch(node -> NodeNames.node(NodeNames.of(node)) == null && label.matches(node));
    }

    /** What {@link Node#canTake} asks that is cheap and the same for each item; of nodes that just came, labels know too late. */
    private static boolean mayUse(Node node, @CheckForNull Label label, Authentication user) {
        boolean fits = label == null ? node.getMode() == Node.Mode.NORMAL : label.matches(node);
        return fits && node.getNumExecutors() > 0 && node.getACL().hasPermission2(user, Computer.BUILD);
    }

    private static boolean cloudsCanProvision(@CheckForNull Label label) {
        Cloud.CloudState state = new Cloud.CloudState(label, 0);
        return Jenkins.get().clouds.stream().anyMatch(cloud -> canProvision(cloud, state));
    }

    /** A cloud that fails brings nothing; the other ones are asked all the same. */
    private static boolean canProvision(Cloud cloud, Cloud.CloudState state) {
        try {
            return cloud.canProvision(state);
        } catch (RuntimeException | LinkageError e) {
            Level level = FAILED.add(cloud.getClass().getName()) ? Level.WARNING : Level.FINE;
            LOGGER.log(level, e, () -> "Cloud " + cloud.name + " can't say whether it brings agents with label " + state.getLabel());
            return false;
        }
    }

    /** All nodes, the built-in one too. */
    @NonNull
    static List<Node> nodes() {
        List<Node> nodes = new ArrayList<>(Jenkins.get().getNodes());
        nodes.add(Jenkins.get());
        return nodes;
    }
}
