package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.labels.LabelAtom;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Nodes that were removed since Jenkins' start: agents that register themselves are, whenever they disconnect, and most come back.
 * Thread-safe; labels are asked for without the monitor.
 */
final class GoneNodes {

    private static final Logger LOGGER = Logger.getLogger(GoneNodes.class.getName());

    /** Those that went first are forgotten first. */
    private static final int MOST = 100;

    private final Map<String, Gone> gone = new LinkedHashMap<>();
    private Map<String, Node> seen = Map.of();

    private record Gone(Node.Mode mode, Set<LabelAtom> labels) {}

    /** @param now all nodes, by name; who isn't among them any more is gone, even if nobody has told it yet */
    void see(@NonNull Map<String, Node> now) {
        Map<String, Node> before;
        synchronized (this) {
            before = seen;
            seen = now;
            gone.keySet().removeIf(name -> now.containsKey(name) && NodeNames.node(name) != null);
        }
        before.forEach((name, node) -> {
            if (!now.containsKey(name)) {
                add(node);
            }
        });
    }

    void add(@NonNull Node node) {
        Gone added = new Gone(node.getMode(), labels(node));
        synchronized (this) {
            gone.remove(NodeNames.of(node));
            gone.put(NodeNames.of(node), added);
            if (gone.size() > MOST) {
                gone.remove(gone.keySet().iterator().next());
            }
        }
    }

    /** @param label null for any */
    boolean anyHad(@CheckForNull Label label) {
        List<Gone> all;
        synchronized (this) {
            all = List.copyOf(gone.values());
        }
        return all.stream().anyMatch(
                one -> label == null ? one.mode() == Node.Mode.NORMAL : label.matches(one.labels()));
    }

    private static Set<LabelAtom> labels(Node node) {
        try {
            return Set.copyOf(node.getAssignedLabels());
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.FINE, e, () -> "Nothing can be said of the labels of " + node.getNodeName());
            return Set.of();
        }
    }
}
