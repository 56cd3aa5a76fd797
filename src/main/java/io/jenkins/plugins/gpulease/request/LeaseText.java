package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import io.jenkins.plugins.gpulease.build.LeftOver;
import io.jenkins.plugins.gpulease.build.UsageSummary;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.MigLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** The lines that a lease writes into the log. Pure. */
public final class LeaseText {

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n]]");
    private static final Pattern TIME = Pattern.compile("\\d+(\\.\\d+)? (ms|s|min|h|d|days)\\b");

    private LeaseText() {}

    /** The node that a request is bound to, or what it has instead. */
    @NonNull
    public static String where(@NonNull LeaseRequest request) {
        String node = request.node();
        return node == null ? Messages.LeaseText_anyNode() : node;
    }

    @NonNull
    public static List<String> asked(@NonNull DeviceRequest devices, @NonNull String node, boolean inEnclosingLease) {
        return List.of(
                inEnclosingLease
                        ? Messages.LeaseText_askedInside(devices, node)
                        : Messages.LeaseText_asked(devices, node));
    }

    @NonNull
    public static List<String> askedAgain(@NonNull DeviceRequest devices, @NonNull String node) {
        return List.of(Messages.LeaseText_askedAgain(devices, node));
    }

    /** Why a block waits, and at which place, as the table of leases explains it. */
    @NonNull
    public static List<String> waiting(@NonNull String node, @NonNull List<String> explanation) {
        List<String> lines = new ArrayList<>();
        lines.add(Messages.LeaseText_waiting(node));
        explanation.forEach(line -> lines.add("  " + line));
        return lines;
    }

    /** @param driver version of the node's driver, on which it depends what CUDA can do with MIG instances; null if unknown */
    @NonNull
    public static List<String> granted(@NonNull Lease lease, @NonNull Duration waited, @CheckForNull DottedVersion driver) {
        List<String> lines = new ArrayList<>();
        lines.add(Messages.LeaseText_granted(gpus(lease), lease.node(), ReadableTime.of(waited)));
        lines.addAll(DeviceTable.lines(lease.devices()));
        MigLimits.warning(lease.devices(), driver).ifPresent(warning -> lines.add(Messages.LeaseText_warning(warning)));
        return lines;
    }

    /** What was granted goes back before anything ran with it. */
    @NonNull
    public static List<String> declined(@NonNull Lease lease, @NonNull String why) {
        return List.of(Messages.LeaseText_declined(gpus(lease), lease.node(), why));
    }

    /** What still keeps a request that has its GPUs. */
    @NonNull
    public static List<String> leasedAhead(@NonNull Lease lease) {
        return List.of(Messages.LeaseText_leasedAhead(gpus(lease), lease.node()));
    }

    @NonNull
    public static List<String> resumed(@NonNull Lease lease) {
        return List.of(Messages.LeaseText_resumed(gpus(lease), lease.node()));
    }

    @NonNull
    public static List<String> skipped(@NonNull String reason) {
        return List.of(Messages.LeaseText_skipped(reason.replace("\n", "\n  ")));
    }

    @NonNull
    public static List<String> returned(@NonNull Lease lease, @NonNull Duration held, @NonNull Returned returned) {
        List<String> lines = new ArrayList<>();
        List<String> facts = new ArrayList<>();
        facts.add(Messages.LeaseText_returned(gpus(lease), lease.node(), ReadableTime.of(held)));
        facts.addAll(usage(lease, returned));
        lines.add(String.join("; ", facts));
        LeftOver.in(returned, lease).forEach(line -> lines.add(Messages.LeaseText_warning(line)));
        return lines;
    }

    @NonNull
    public static String timedOut(
            @NonNull Duration timeout, @NonNull LeaseRequest request, @NonNull List<String> explanation) {
        String reason = explanation.isEmpty() ? Messages.LeaseText_notInOrder() : plain(String.join("\n", explanation));
        return Messages.LeaseText_timedOut(ReadableTime.of(timeout), request.devices(), where(request), reason);
    }

    /** The error for a request that was refused; one that another node could still serve is open to a retry. */
    @NonNull
    public static Exception refusal(@NonNull LeaseFailure failure) {
        return failure.kind() == LeaseFailure.Kind.NODE_REMOVED
                ? GpuLoss.failure(plain(failure.message()))
                : new AbortException(plain(failure.message()));
    }

    /** What a lost GPU's block says. */
    @NonNull
    public static String lost(@NonNull Device device, @NonNull String node, @NonNull Verdict verdict) {
        return plain(Messages.LeaseText_lost(Integer.toString(device.index()), device.uuid(), node, verdict.reason()));
    }

    @NonNull
    public static String waitingStatus(@NonNull DeviceRequest devices, @NonNull String node, @CheckForNull WaiterView place) {
        return place == null
                ? Messages.LeaseText_waitingStatus(devices, node)
                : Messages.LeaseText_waitingAtStatus(
                        devices, node, Integer.toString(place.place()), Integer.toString(place.of()));
    }

    @NonNull
    public static String holdingStatus(@NonNull Lease lease) {
        return Messages.LeaseText_holdingStatus(gpus(lease), lease.node(), String.join(", ", lease.uuids()));
    }

    /** What stays the same in a report while only time passes. */
    @NonNull
    public static String withoutTimes(@NonNull List<String> lines) {
        return TIME.matcher(String.join("\n", lines)).replaceAll("");
    }

    /** Without control characters but line ends: console notes begin with one, so none can be forged. */
    @NonNull
    public static String plain(@NonNull String text) {
        return CONTROL.matcher(text).replaceAll(" ");
    }

    @NonNull
    public static List<String> returnedOverRestart(@NonNull Lease lease) {
        return List.of(Messages.LeaseText_returnedOverRestart(gpus(lease), lease.node()));
    }

    private static List<String> usage(Lease lease, Returned returned) {
        UsageSummary usage = UsageSummary.of(returned.usage());
        List<String> facts = new ArrayList<>();
        MemorySize peak = usage.peakMemory();
        if (peak != null) {
            facts.add(peak(peak, lease));
        }
        if (usage.meanUtilization() != null) {
            facts.add(Messages.LeaseText_utilization(String.valueOf(usage.meanUtilization())));
        }
        if (usage.energy() != null) {
            facts.add(usage.energy());
        }
        return facts.isEmpty() ? List.of() : List.of(String.join(", ", facts));
    }

    private static String peak(MemorySize peak, Lease lease) {
        if (lease.budget() != null) {
            return Messages.LeaseText_peakOfBudget(peak, lease.budget());
        }
        return lease.devices().stream()
                .map(Device::memory)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .map(total -> Messages.LeaseText_peakOf(peak, total))
                .orElseGet(() -> Messages.LeaseText_peak(peak));
    }

    private static String gpus(Lease lease) {
        int count = lease.devices().size();
        MemorySize budget = lease.budget();
        if (budget != null) {
            return count == 1
                    ? Messages.LeaseText_oneSharedGpu(budget)
                    : Messages.LeaseText_sharedGpus(Integer.toString(count), budget);
        }
        return count == 1 ? Messages.LeaseText_oneGpu() : Messages.LeaseText_gpus(Integer.toString(count));
    }
}
