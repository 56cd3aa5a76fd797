package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the page "GPUs" shows of a node beside the live tables, as texts.
 *
 * @param view null if nobody has looked at the node yet
 * @param events what happened to devices, the newest first; empty for who may not know of other people's programs
 * @param lookedAt when a look at the node last ended; null if none has
 * @param looking whether a look goes on
 */
@Restricted(NoExternalUse.class)
public record GpusPage(
        @CheckForNull NodeView view,
        @NonNull List<HealthEvent> events,
        @CheckForNull Instant lookedAt,
        boolean looking,
        @NonNull Instant now) {

    /** @param told whether the reader may know what was found on devices */
    @NonNull
    static GpusPage of(@NonNull String node, boolean told) {
        Optional<NodeProbe> probe = GpuNodes.get().find(node);
        return new GpusPage(
                GpuLeases.get().table().view(node).orElse(null),
                told ? HealthLogs.get().events(node) : List.of(),
                probe.map(NodeProbe::lookedAt).orElse(null),
                probe.map(NodeProbe::isLooking).orElse(false),
                Instant.now());
    }

    /** A line of the matrix of connections, as {@code nvidia-smi topo -m} prints it. */
    public record MatrixRow(@NonNull String name, @NonNull List<String> links, @NonNull String numaNode) {}

    @NonNull
    public String status() {
        NodeView shown = view;
        return shown == null ? status(Inventory.Status.UNKNOWN) : shown.unreachable() != null
                ? Messages.GpusPage_unreachable()
                : status(shown.inventory().status());
    }

    private static String status(Inventory.Status status) {
        return switch (status) {
            case OK -> Messages.GpusPage_ok();
            case EMPTY -> Messages.GpusPage_empty();
            case NO_HARDWARE -> Messages.GpusPage_noHardware();
            case FAILED -> Messages.GpusPage_failed();
            case UNKNOWN -> Messages.GpusPage_unknown();
        };
    }

    /** Why nothing is handed out there; null if something is. */
    @CheckForNull
    public String reason() {
        NodeView shown = view;
        return shown == null ? null : shown.unreachable() != null ? shown.unreachable() : shown.inventory().reason();
    }

    @CheckForNull
    public String driver() {
        NodeView shown = view;
        return shown == null ? null : Objects.toString(shown.inventory().driverVersion(), null);
    }

    @CheckForNull
    public String cuda() {
        NodeView shown = view;
        return shown == null ? null : Objects.toString(shown.inventory().cudaVersion(), null);
    }

    /** How long ago the node was last looked at; null if it never was. */
    @CheckForNull
    public String age() {
        return lookedAt == null ? null : since(lookedAt);
    }

    @NonNull
    public String since(@NonNull Instant start) {
        return ReadableTime.inWholeSeconds(Duration.between(start, now));
    }

    /** Whether there is anything to be shown live. */
    public boolean hasDevices() {
        return view != null && !(view.devices().isEmpty() && view.waiters().isEmpty());
    }

    /** How the GPUs are connected; empty if there is only one, or nothing is known. */
    @NonNull
    public List<MatrixRow> matrix() {
        NodeView shown = view;
        Topology topology = shown == null ? Topology.NONE : shown.inventory().topology();
        return topology.uuids().size() < 2 ? List.of() : topology.uuids().stream().map(uuid -> row(shown, topology, uuid)).toList();
    }

    private static MatrixRow row(NodeView shown, Topology topology, String uuid) {
        List<String> links = topology.uuids().stream()
                .map(other -> other.equals(uuid) ? "X" : topology.between(uuid, other).toString())
                .toList();
        Optional<Device> device = shown.inventory().device(uuid);
        String numaNode = device.filter(known -> known.numaNode() >= 0).map(known -> Integer.toString(known.numaNode())).orElse("");
        return new MatrixRow(device.map(known -> "GPU" + known.index()).orElse("?"), links, numaNode);
    }
}
