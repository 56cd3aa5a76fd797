package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.Sharing;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the page "GPUs" shows of a node, as texts.
 *
 * @param view null if nobody has looked at the node yet
 * @param told name builds, and what was found on devices; jobs may be hidden from whoever reads
 * @param lookedAt when a look at the node last ended; null if none has
 * @param looking whether a look goes on
 */
@Restricted(NoExternalUse.class)
public record GpusPage(
        @CheckForNull NodeView view, boolean told, @CheckForNull Instant lookedAt, boolean looking, @NonNull Instant now) {

    @NonNull
    static GpusPage of(@NonNull String node, boolean told) {
        Optional<NodeProbe> probe = GpuNodes.get().find(node);
        return new GpusPage(
                GpuLeases.get().table().view(node).orElse(null),
                told,
                probe.map(NodeProbe::lookedAt).orElse(null),
                probe.map(NodeProbe::isLooking).orElse(false),
                Instant.now());
    }

    /** A line for a device. */
    public record DeviceRow(
            @NonNull Device device, @NonNull String memory, @NonNull String state, @CheckForNull String why, @NonNull String time) {}

    /** A line for a request that waits. */
    public record WaiterRow(@NonNull String who, @NonNull String asked, @NonNull String time) {}

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
    public List<DeviceRow> devices() {
        NodeView shown = view;
        return shown == null ? List.of() : shown.devices().stream().map(entry -> row(shown, entry)).toList();
    }

    /** In the order in which they are served. */
    @NonNull
    public List<WaiterRow> waiters() {
        NodeView shown = view;
        return shown == null ? List.of() : shown.waiters().stream().map(this::row).toList();
    }

    private DeviceRow row(NodeView shown, DeviceView entry) {
        String memory = Objects.toString(entry.device().memory(), "");
        return new DeviceRow(entry.device(), memory, state(entry.state()), why(shown, entry), since(entry.since()));
    }

    private WaiterRow row(WaiterView waiter) {
        return new WaiterRow(name(waiter.request().holder()), waiter.request().devices().toString(), since(waiter.since()));
    }

    private static String state(DeviceState state) {
        return switch (state) {
            case IDLE -> Messages.GpusPage_idle();
            case OFFERED -> Messages.GpusPage_offered();
            case LEASED -> Messages.GpusPage_leased();
            case RETURNING -> Messages.GpusPage_returning();
            case OCCUPIED -> Messages.GpusPage_occupied();
            case QUARANTINED -> Messages.GpusPage_quarantined();
            case DRAINED -> Messages.GpusPage_drained();
            case UNKNOWN -> Messages.GpusPage_unknownDevice();
        };
    }

    @CheckForNull
    private String why(NodeView shown, DeviceView entry) {
        String lease = entry.lease();
        if (entry.sharing() != null) {
            return sharing(shown, entry, entry.sharing());
        }
        return lease != null ? holder(shown, lease) : told ? entry.reason() : null;
    }

    /** Who shares a device, how much each of them was promised, and what keeps others from joining. */
    private String sharing(NodeView shown, DeviceView entry, Sharing sharing) {
        String names = sharing.leases().stream()
                .map(id -> sharer(shown, id))
                .filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
        String text = Messages.GpusPage_shared(names, sharing.promised(), entry.device().memory(), sharing.free());
        return told && entry.reason() != null ? Messages.GpusPage_takesNobodyElse(text, entry.reason()) : text;
    }

    @CheckForNull
    private String sharer(NodeView shown, String id) {
        return taker(shown, id)
                .map(taker -> Messages.GpusPage_sharer(name(taker.holder()), taker.memory()))
                .orElse(null);
    }

    /** Null for a lease that has just ended. */
    @CheckForNull
    private String holder(NodeView shown, String id) {
        return taker(shown, id).map(taker -> name(taker.holder())).orElse(null);
    }

    private record Taker(Holder holder, @CheckForNull MemorySize memory) {}

    /** Who has a lease or is offered one; nobody if it has just ended. */
    private static Optional<Taker> taker(NodeView shown, String id) {
        return Stream.concat(
                        shown.leases().stream()
                                .filter(lease -> lease.id().equals(id))
                                .map(lease -> new Taker(lease.holder(), lease.minMemory())),
                        shown.waiters().stream()
                                .map(WaiterView::request)
                                .filter(request -> request.id().equals(id))
                                .map(request -> new Taker(request.holder(), request.devices().minMemory())))
                .findFirst();
    }

    private String name(Holder holder) {
        return told ? holder.name() : Messages.GpusPage_aBuild();
    }

    private String since(Instant start) {
        return ReadableTime.of(Duration.between(start, now));
    }
}
