package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.LabelFinder;
import hudson.model.Node;
import hudson.model.labels.LabelAtom;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Gives nodes labels from their inventory: they come when its GPUs are found, and vanish with the hardware. While a node can't be
 * asked, or its GPUs can't be read, the last ones stay, so that what needs them waits for the node.
 *
 * <p>Jenkins asks for labels under its locks, so the answer is made before: when the table of leases tells a change.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class GpuLabels extends LabelFinder {

    private final Map<String, List<String>> labels = new ConcurrentHashMap<>();
    private final Map<String, Inventory> seen = new ConcurrentHashMap<>();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    @Initializer(after = InitMilestone.EXTENSIONS_AUGMENTED)
    public static void listen() {
        GpuLabels finder = ExtensionList.lookupSingleton(GpuLabels.class);
        GpuLeases.get().table().onChange(finder::look);
    }

    @NonNull
    @Override
    public Collection<LabelAtom> findLabels(@NonNull Node node) {
        List<String> names = labels.get(NodeNames.of(node));
        return names == null ? List.of() : names.stream().map(LabelAtom::get).toList();
    }

    /** Every grant is a change, but hardly any change is one of the inventory. */
    private void look(String node) {
        Inventory inventory = GpuLeases.get().table().inventory(node).orElse(null);
        Inventory last = inventory == null ? seen.remove(node) : seen.put(node, inventory);
        if (inventory != last && !now(node).equals(before(node))) {
            changed.add(node);
            refresh();
        }
    }

    /** Nodes whose labels change while others are published go into the next round together. */
    private synchronized void refresh() {
        if (changed.isEmpty()) {
            return;
        }
        changed.stream().flatMap(node -> now(node).stream()).forEach(LabelAtom::get); // reads a file, if it is new
        LabelCaches.change(this::publish);
    }

    private void publish() {
        for (String node : Set.copyOf(changed)) {
            changed.remove(node);
            List<String> now = now(node);
            if (now.isEmpty()) {
                labels.remove(node);
            } else {
                labels.put(node, now);
            }
        }
    }

    private List<String> before(String node) {
        return labels.getOrDefault(node, List.of());
    }

    private List<String> now(String node) {
        Inventory inventory = GpuLeases.get().table().inventory(node).orElse(null);
        if (inventory == null || NodeNames.node(node) == null) {
            return List.of();
        }
        boolean unread = inventory.status() == Inventory.Status.FAILED || inventory.status() == Inventory.Status.UNKNOWN;
        return unread ? before(node) : InventoryLabels.of(inventory);
    }
}
