package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code gpu-list} prints for one reader. */
final class CommandTables {

    private final Sight sight;
    private final Instant now = Instant.now();
    private final String only;
    private final List<NodeView> nodes;

    /** @param only the name of the one node that is asked for; null for all */
    CommandTables(@NonNull Sight sight, @CheckForNull String only) {
        this.sight = sight;
        this.only = only;
        this.nodes = GpuLeases.get().table().views().stream()
                .filter(view -> only == null || view.node().equals(only))
                .filter(view -> sight.sees(view.node()))
                .toList();
        if (only != null && nodes.isEmpty()) {
            throw new IllegalArgumentException(Messages.CommandTables_noNode(only));
        }
    }

    @NonNull
    List<String> devices() {
        TextColumns table = new TextColumns("NODE", "GPU", "MODEL", "MEMORY", "STATE", "FOR", "WHO OR WHY", "LEASE", "UUID");
        for (NodeView view : nodes) {
            view.devices().forEach(device -> table.add(row(view, device)));
        }
        return table.lines();
    }

    private String[] row(NodeView view, DeviceView entry) {
        Device device = entry.device();
        List<Lease> leases = view.leases().stream().filter(lease -> lease.uuids().contains(device.uuid())).toList();
        return new String[] {
            view.node(),
            device.index() + (device.isMigInstance() ? " " + device.migProfile() : ""),
            device.model(),
            Objects.toString(device.memory(), ""),
            device.migEnabled() ? Messages.CommandTables_migMode() : entry.state().name().toLowerCase(Locale.ROOT),
            since(entry.since()),
            leases.isEmpty() ? why(view, entry) : holders(leases),
            leases.stream().map(Lease::id).collect(Collectors.joining(", ")),
            device.uuid()
        };
    }

    private String holders(List<Lease> leases) {
        return leases.stream().map(Lease::holder).map(this::name).collect(Collectors.joining(", "));
    }

    private String why(NodeView view, DeviceView entry) {
        boolean harmless = entry.state() == DeviceState.DRAINED || entry.state() == DeviceState.UNKNOWN;
        return harmless || sight.isTold(view.node()) ? Objects.toString(entry.reason(), "") : "";
    }

    @NonNull
    List<String> waiters() {
        TextColumns table = new TextColumns("PLACE", "NODE", "ASKED", "WHO", "FOR", "REQUEST");
        List<WaiterView> waiters = new ArrayList<>();
        if (only == null && sight.seesFloating()) {
            waiters.addAll(GpuLeases.get().table().floating());
        }
        nodes.forEach(view -> waiters.addAll(view.waiters()));
        waiters.forEach(waiter -> table.add(row(waiter)));
        return table.lines();
    }

    private String[] row(WaiterView waiter) {
        return Stream.of(
                        waiter.place() + "/" + waiter.of(),
                        waiter.request().node() == null ? Messages.CommandTables_anyNode() : waiter.request().node(),
                        waiter.request().devices().toString(),
                        name(waiter.request().holder()),
                        since(waiter.since()),
                        waiter.request().id())
                .toArray(String[]::new);
    }

    private String name(Holder holder) {
        return sight.sees(HolderJob.of(holder)) ? holder.name() : Messages.GpuActions_aBuild();
    }

    private String since(Instant start) {
        return ReadableTime.of(Duration.between(start, now));
    }
}
