package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.agent.NodeAcl;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.lifecycle.LeaseAbort;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;

/**
 * What people may do about GPUs, from whatever page or command. Each checks that the current user may manage the node, and goes into
 * the log and the history. Bad input ends in an {@link IllegalArgumentException} with a message for people.
 */
final class GpuActions {

    static final int LONGEST_REASON = 200;

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private GpuActions() {}

    /** Ends a lease and stops what holds it. Returns at once with a sentence on what happens. */
    @NonNull
    static String release(@NonNull String leaseId) {
        Lease lease = GpuLeases.get().table().lease(leaseId)
                .filter(known -> NodeAcl.has(known.node(), GpuPermissions.VIEW))
                .orElseThrow(() -> new IllegalArgumentException(Messages.GpuActions_noLease(leaseId)));
        NodeAcl.check(lease.node(), GpuPermissions.MANAGE);
        History.get().add(lease.node(), Messages.GpuActions_released(lease.devices().size()), List.of(lease.holder()));
        LeaseAbort.begin(lease, Jenkins.getAuthentication2().getName());
        return Messages.GpuActions_releasing(nameOf(lease.holder()), lease.node());
    }

    private static String nameOf(Holder holder) {
        return new Viewer().sees(HolderJob.of(holder)) ? holder.name() : Messages.GpuActions_aBuild();
    }

    /**
     * Takes a device out of service.
     *
     * @param node as Jenkins names it; null if the device is named by its UUID
     * @param reason for people who wait, up to {@value #LONGEST_REASON} characters
     */
    @NonNull
    static String drain(@CheckForNull String node, @NonNull String device, @CheckForNull String reason) throws IOException {
        KnownDevice known = find(node, device);
        NodeAcl.check(known.node(), GpuPermissions.MANAGE);
        String user = Jenkins.getAuthentication2().getName();
        Drain drain = new Drain(known.uuid(), known.node(), checked(reason), user, Instant.now());
        DrainedDevices.get().add(drain);
        History.get().add(known.node(), Messages.GpuActions_drained(known.title(), drain.reason()), List.of());
        return Messages.GpuActions_draining(known.title(), known.node());
    }

    /** Puts a device back into service. */
    @NonNull
    static String undrain(@CheckForNull String node, @NonNull String device) throws IOException {
        Drain drain = DrainedDevices.get().find(device);
        if (drain == null) {
            KnownDevice known = find(node, device);
            NodeAcl.check(known.node(), GpuPermissions.MANAGE);
            drain = DrainedDevices.get().find(known.uuid());
            if (drain == null) {
                throw new IllegalArgumentException(notDrained(known));
            }
        }
        String where = KnownDevice.find(GpuLeases.get().table().views(), null, drain.uuid())
                .map(KnownDevice::node)
                .orElse(drain.node());
        NodeAcl.check(where, GpuPermissions.MANAGE);
        DrainedDevices.get().remove(drain.uuid());
        History.get().add(where, Messages.GpuActions_undrained(drain.uuid()), List.of());
        return Messages.GpuActions_undraining(drain.uuid(), where);
    }

    private static String notDrained(KnownDevice known) {
        String parent = known.view().device().migParent();
        return parent != null && DrainedDevices.get().find(parent) != null
                ? Messages.GpuActions_drainedWithGpu(known.title(), parent)
                : Messages.GpuActions_notDrained(known.title(), known.node());
    }

    private static KnownDevice find(@CheckForNull String node, String device) {
        String name = node == null || node.isBlank() ? null : NodeNames.ofText(node);
        return KnownDevice.find(GpuLeases.get().table().views(), name, device)
                .filter(known -> NodeAcl.has(known.node(), GpuPermissions.VIEW))
                .orElseThrow(() -> new IllegalArgumentException(name == null
                        ? Messages.GpuActions_noDevice(device)
                        : Messages.GpuActions_noDeviceOn(device, node)));
    }

    private static String checked(@CheckForNull String reason) {
        String text = reason == null ? "" : UNPRINTABLE.matcher(reason).replaceAll(" ").strip();
        if (text.isEmpty() || text.length() > LONGEST_REASON) {
            throw new IllegalArgumentException(Messages.GpuActions_badReason(LONGEST_REASON));
        }
        return text;
    }
}
