package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** Why requests wait, for people. Called under the registry's lock; changes nothing. */
final class Explanations {

    static final int MAX_NAMES = 3;

    private final Registry registry;
    private final Placement placement;

    Explanations(Registry registry, Placement placement) {
        this.registry = registry;
        this.placement = placement;
    }

    /** At most 12 lines: what is idle, who has the rest, the place in the order. */
    @NonNull
    List<String> of(@NonNull Waiter waiter) {
        return lines(() -> obstacles(waiter), place(waiter) + before(waiter));
    }

    /** At most 12 lines that name no holder; of a request that is bound to a node, whose obstacles are holders, its place alone. */
    @NonNull
    List<String> withoutHolders(@NonNull Waiter waiter) {
        return lines(
                () -> waiter.isFloating()
                        ? FloatingExplanation.withoutHolders(waiter, registry.nodes().values())
                        : List.of(),
                place(waiter));
    }

    private List<String> lines(Supplier<List<String>> obstacles, String place) {
        List<String> lines = new ArrayList<>();
        if (registry.isPaused()) {
            lines.add("No GPUs are handed out until the builds that run have taken up their leases again");
        } else {
            lines.addAll(obstacles.get());
        }
        lines.add(place);
        return List.copyOf(lines);
    }

    /** Why a request that doesn't want to wait gets nothing now. */
    @NonNull
    String whyBusy(@NonNull Waiter waiter) {
        return String.join("\n", obstacles(waiter));
    }

    private List<String> obstacles(Waiter waiter) {
        return waiter.isFloating()
                ? FloatingExplanation.of(waiter, registry.nodes().values())
                : Explanation.of(waiter, placement, registry.now());
    }

    private static String place(Waiter waiter) {
        List<Waiter> order = waiter.order().members();
        return "Place " + (earlier(waiter, order) + 1) + " of " + order.size()
                + (waiter.isFloating() ? " among requests for any node" : "");
    }

    private static int earlier(Waiter waiter, List<Waiter> order) {
        return Collections.binarySearch(order, waiter, Waiter.ORDER);
    }

    private static String before(Waiter waiter) {
        List<Waiter> order = waiter.order().members();
        int earlier = earlier(waiter, order);
        List<String> names = new ArrayList<>();
        for (Waiter other : order.subList(0, Math.min(earlier, MAX_NAMES))) {
            names.add(other.request().holder() + " (" + (other.devices().isAll() ? "all" : other.devices().count()) + ")");
        }
        if (earlier > MAX_NAMES) {
            names.add("and " + (earlier - MAX_NAMES) + " more");
        }
        return names.isEmpty() ? "" : "; before it: " + String.join(", ", names);
    }

    /** Coarse, so that a report doesn't change with every second. */
    static String age(Instant since, Instant now) {
        Duration age = Duration.between(since, now);
        return age.toMinutes() == 0
                ? Math.max(0, age.toSeconds()) + " s"
                : ReadableTime.of(age.truncatedTo(ChronoUnit.MINUTES));
    }
}
