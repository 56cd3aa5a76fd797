package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Views of nodes, made when somebody asks, once for each version; the lock is held only to copy what they are made of.
 */
final class NodeViews {

    private final Registry registry;

    NodeViews(Registry registry) {
        this.registry = registry;
    }

    @NonNull
    Optional<NodeView> of(@NonNull String name) {
        return Optional.ofNullable(registry.nodes().get(name)).map(this::view);
    }

    @NonNull
    List<NodeView> all() {
        return registry.nodes().values().stream()
                .map(this::view)
                .sorted(Comparator.comparing(NodeView::node))
                .toList();
    }

    @NonNull
    List<WaiterView> floating(@NonNull WaitingOrder order) {
        Waiter[] waiters = registry.look(() -> order.members().toArray(Waiter[]::new));
        return Parts.places(waiters).toList();
    }

    private NodeView view(NodePool node) {
        NodeView current = node.currentView();
        if (current == null) {
            current = registry.look(() -> Parts.of(node)).assemble();
            node.keep(current);
        }
        return current;
    }

    /** What a view is made of, copied at one moment. */
    private record Parts(
            String node,
            long version,
            Inventory inventory,
            @CheckForNull String unreachable,
            List<DeviceView> devices,
            List<Lease> leases,
            List<Waiter[]> orders) {

        static Parts of(NodePool node) {
            List<Waiter[]> orders = new ArrayList<>();
            for (DevicePool pool : node.pools()) {
                if (!pool.waiting().isEmpty()) {
                    orders.add(pool.order().toArray(Waiter[]::new));
                }
            }
            return new Parts(node.name(), node.version(), node.inventory(), node.unreachable(), node.devices(), node.leases(), orders);
        }

        NodeView assemble() {
            return new NodeView(
                    node,
                    version(),
                    inventory(),
                    unreachable(),
                    devices(),
                    leases.stream().sorted(Comparator.comparing(Lease::grantedAt)).toList(),
                    orders.stream().flatMap(Parts::places).toList());
        }

        private static Stream<WaiterView> places(Waiter[] order) {
            WaiterView[] places = new WaiterView[order.length];
            for (int i = 0; i < order.length; i++) {
                places[i] = new WaiterView(
                        order[i].request(), i + 1, order.length, order[i].since(), order[i].overtaken());
            }
            return Stream.of(places);
        }
    }
}
