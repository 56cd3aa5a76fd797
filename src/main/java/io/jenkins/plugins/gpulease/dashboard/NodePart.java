package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** One node in a {@link Snapshot}, as JSON that is made when it is first asked for. Kept as long as nothing of it changes. Thread-safe. */
final class NodePart {

    private final NodeView view;
    private final Map<String, Reading> readings;
    private final List<HolderPart> leases;
    private final List<HolderPart> waiters;
    private volatile String full;
    private volatile String plain;

    NodePart(@NonNull NodeView view, @NonNull Map<String, Reading> readings) {
        this.view = view;
        this.readings = readings;
        this.leases = view.leases().stream().map(HolderPart::of).toList();
        String why = why(view);
        this.waiters = view.waiters().stream().map(waiter -> HolderPart.of(waiter, isInside(waiter) ? null : why)).toList();
    }

    private NodePart(NodePart before, Map<String, Reading> readings) {
        this.view = before.view;
        this.readings = readings;
        this.leases = before.leases;
        this.waiters = before.waiters;
    }

    /** What it is now: itself, if nothing has changed. */
    @NonNull
    NodePart with(@NonNull NodeView otherView, @NonNull Map<String, Reading> otherReadings) {
        if (view != otherView) {
            return new NodePart(otherView, otherReadings);
        }
        return readings == otherReadings ? this : new NodePart(this, otherReadings);
    }

    private static boolean isInside(WaiterView waiter) {
        return waiter.request().parentLease() != null;
    }

    private static String why(NodeView view) {
        return view.unreachable() != null
                ? Messages.NodePart_unreachable(view.node())
                : Messages.NodePart_idle(view.count(DeviceState.IDLE), view.devices().size(), view.node());
    }

    @NonNull
    String node() {
        return view.node();
    }

    @NonNull
    List<HolderPart> leases() {
        return leases;
    }

    @NonNull
    List<HolderPart> waiters() {
        return waiters;
    }

    /** Whether there is anything to be shown: machines without GPUs are left out. */
    boolean isShown() {
        return !view.devices().isEmpty() || !leases.isEmpty() || !waiters.isEmpty()
                || view.inventory().status() == Inventory.Status.FAILED;
    }

    /** @param told whether the reader may know what was found on devices: programs of other people */
    @NonNull
    String json(boolean told) {
        String known = told ? full : plain;
        if (known == null) {
            known = make(told);
            if (told) {
                full = known;
            } else {
                plain = known;
            }
        }
        return known;
    }

    private String make(boolean told) {
        Inventory inventory = view.inventory();
        return new JsonText()
                .put("name", view.node())
                .put("url", url(view.node()))
                .put("status", status())
                .put("reason", reason())
                .put("driver", Objects.toString(inventory.driverVersion(), null))
                .put("cuda", Objects.toString(inventory.cudaVersion(), null))
                .putAll("devices", new DeviceJson(view, readings, told).all())
                .end();
    }

    private String status() {
        return view.unreachable() != null ? "unreachable" : view.inventory().status().name().toLowerCase(Locale.ROOT);
    }

    @CheckForNull
    private String reason() {
        return view.unreachable() != null ? view.unreachable() : view.inventory().reason();
    }

    /** Relative to Jenkins' root. */
    @NonNull
    static String url(@NonNull String node) {
        String name = NodeNames.jenkinsName(node);
        return "computer/" + (name.isEmpty() ? "(built-in)" : Util.rawEncode(name)) + "/gpus/";
    }
}
