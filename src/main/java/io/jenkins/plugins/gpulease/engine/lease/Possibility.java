package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.placement.Feasibility;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether requests can ever be served, whoever has the devices now. Guarded by the registry's lock. */
final class Possibility {

    private static final int MAX_WITNESSES = 100;
    private static final int MAX_NAMES = 3;

    private final Registry registry;

    /** A node that can serve requests of a kind, so that not all nodes are asked each time. */
    private final Map<Line.Kind, NodePool> witnesses = new HashMap<>();

    Possibility(Registry registry) {
        this.registry = registry;
    }

    /** Why a request can never be served, for people; empty if it can, or nobody knows. One that can't even be compared can't. */
    Optional<String> obstacle(Waiter waiter) {
        try {
            return waiter.isFloating() ? anywhere(waiter) : in(waiter.pool(), waiter);
        } catch (RuntimeException | StackOverflowError e) {
            return Optional.of(incomparable(waiter, e));
        }
    }

    static String incomparable(Waiter waiter, Throwable fault) {
        String title = waiter.isFloating() ? "Nodes" : waiter.pool().title();
        return title + ": " + waiter.devices() + " can't be compared with " + (waiter.isFloating() ? "their" : "its") + " GPUs: "
                + Offers.describe(fault);
    }

    private static Optional<String> in(DevicePool pool, Waiter waiter) {
        int most = pool.isOfLease() ? pool.owner().lease().devices().size() : Integer.MAX_VALUE;
        if (waiter.devices().least() > most) {
            return Optional.of(pool.title() + " has " + most + (most == 1 ? " GPU, " : " GPUs, ") + waiter.devices()
                    + " asked; ask for fewer, or for more in the outer block");
        }
        return shortage(pool, waiter);
    }

    private static Optional<String> shortage(DevicePool pool, Waiter waiter) {
        boolean enough = isEnough(pool, waiter);
        if (enough && waiter.devices().topology() != TopologyPolicy.REQUIRED) {
            return Optional.empty();
        }
        Optional<String> mismatch = Feasibility.obstacle(pool.title(), waiter.devices(), pool.inventory());
        return mismatch.isEmpty() && !enough && waiter.devices().shared() && pool.inventory().status() == Inventory.Status.OK
                ? Optional.of(tooLargeToShare(pool, waiter))
                : mismatch;
    }

    private static boolean isEnough(DevicePool pool, Waiter waiter) {
        return pool.suitable(waiter.devices()).size() >= waiter.devices().least();
    }

    private static String tooLargeToShare(DevicePool pool, Waiter waiter) {
        return pool.title() + " can't share its GPUs so: " + waiter.devices() + " asked, and of each GPU's memory "
                + pool.node().margin() + " are kept free while it is shared; ask for less, or leave out shared";
    }

    private Optional<String> anywhere(Waiter waiter) {
        Line.Kind kind = new Line.Kind(waiter.devices(), waiter.candidates(), null);
        NodePool witness = witnesses.get(kind);
        if (witness != null && mightSuffice(witness, waiter)) {
            return Optional.empty();
        }
        witnesses.remove(kind);
        Optional<NodePool> found = registry.nodes().values().stream()
                .filter(node -> mightSuffice(node, waiter))
                .findAny();
        if (found.isEmpty()) {
            return waiter.candidates().mayGrow() ? Optional.empty() : Optional.of(closest(waiter));
        }
        if (witnesses.size() >= MAX_WITNESSES) {
            witnesses.clear();
        }
        witnesses.put(kind, found.get());
        return Optional.empty();
    }

    private static boolean mightSuffice(NodePool node, Waiter waiter) {
        Inventory.Status status = node.inventory().status();
        return !node.isRemoved()
                && waiter.candidates().mayUse(node.name())
                && (status == Inventory.Status.UNKNOWN || status == Inventory.Status.FAILED || isEnough(node.root(), waiter) && shortage(node.root(), waiter).isEmpty());
    }

    private String closest(Waiter waiter) {
        List<NodePool> nodes = registry.nodes().values().stream()
                .filter(node -> waiter.candidates().mayUse(node.name()))
                .toList();
        return nodes.stream()
                .max(Comparator.<NodePool>comparingInt(node -> node.root().suitable(waiter.devices()).size())
                        .thenComparingInt(node -> node.inventory().devices().size())
                        .thenComparing(NodePool::name, Comparator.reverseOrder()))
                .flatMap(node -> shortage(node.root(), waiter))
                .map(text -> nodes.size() == 1 ? text
                        : "None of the " + nodes.size() + " nodes that may be used suffices; closest: " + text)
                .orElseGet(() -> noneFits(waiter));
    }

    private String noneFits(Waiter waiter) {
        List<String> sufficing = registry.nodes().values().stream()
                .filter(node -> !node.isRemoved() && isEnough(node.root(), waiter) && shortage(node.root(), waiter).isEmpty())
                .map(NodePool::name)
                .sorted()
                .toList();
        String others = sufficing.isEmpty()
                ? "; no other node would suffice either"
                : "; without that, " + String.join(", ", sufficing.subList(0, Math.min(MAX_NAMES, sufficing.size())))
                        + (sufficing.size() > MAX_NAMES ? " and " + (sufficing.size() - MAX_NAMES) + " more" : "") + " would suffice";
        return waiter.candidates().noNode() + ", " + waiter.devices() + " asked" + others;
    }
}
