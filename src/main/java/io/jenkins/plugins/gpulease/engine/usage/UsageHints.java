package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/** Which hints a lease is worth. What nobody could measure gives none. A pure function. */
public final class UsageHints {

    /** A device with more in use was used by somebody: a CUDA context alone takes more than 200 MiB, an idle device some MiB. */
    private static final MemorySize TRACE = MemorySize.ofMib(32);

    /** What is suggested is the peak and this part of it. */
    private static final double MARGIN = 0.2;

    /** Who asked for no memory gets a hint only if much less was used: there may be no smaller cards. */
    private static final int CARD_DIVISOR = 2;

    private static final long GB = 1_000_000_000L;

    private final HintThresholds thresholds;
    private final HeldDevices lease;
    private final LeaseUsage usage;
    private final List<UsageHint> hints = new ArrayList<>();

    private UsageHints(HintThresholds thresholds, HeldDevices lease, LeaseUsage usage) {
        this.thresholds = thresholds;
        this.lease = lease;
        this.usage = usage;
    }

    /** The hints, what costs most first; none for a lease that was too short. */
    @NonNull
    public static List<UsageHint> of(
            @NonNull HintThresholds thresholds, @NonNull HeldDevices lease, @NonNull LeaseUsage usage) {
        if (lease.held().compareTo(thresholds.leastHeld()) < 0) {
            return List.of();
        }
        UsageHints found = new UsageHints(thresholds, lease, usage);
        List<Device> unused = found.unused();
        if (!unused.isEmpty()) {
            found.hints.add(new UsageHint.Unused(unused, lease.devices().size()));
        }
        if (unused.size() < lease.devices().size()) {
            found.utilization(unused);
            found.memory();
        }
        found.throttling();
        if (lease.processesLeft() > 0) {
            found.hints.add(new UsageHint.LeftBehind(lease.processesLeft()));
        }
        return List.copyOf(found.hints);
    }

    private List<Device> unused() {
        return lease.devices().stream().filter(device -> isUnused(find(device))).toList();
    }

    private static boolean isUnused(@CheckForNull DeviceUsage device) {
        return device != null
                && device.peakUtilization() != null
                && device.peakUtilization() == 0
                && device.peakMemory() != null
                && TRACE.isAtLeast(device.peakMemory());
    }

    @CheckForNull
    private DeviceUsage find(Device device) {
        return usage.devices().stream().filter(each -> each.uuid().equals(device.uuid())).findFirst().orElse(null);
    }

    private void utilization(List<Device> unused) {
        List<String> idle = unused.stream().map(Device::uuid).toList();
        OptionalDouble mean = usage.devices().stream()
                .filter(device -> !idle.contains(device.uuid()))
                .map(DeviceUsage::meanUtilization)
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .average();
        if (mean.isPresent() && mean.getAsDouble() < thresholds.utilizationPercent()) {
            hints.add(new UsageHint.LowUtilization((int) Math.round(mean.getAsDouble())));
        }
    }

    private void memory() {
        MemorySize peak = usage.devices().stream()
                .map(DeviceUsage::peakMemory)
                .filter(Objects::nonNull)
                .max(MemorySize::compareTo)
                .orElse(null);
        MemorySize smallest = lease.devices().stream()
                .map(Device::memory)
                .filter(Objects::nonNull)
                .min(MemorySize::compareTo)
                .orElse(null);
        if (peak == null || peak.bytes() == 0 || peak.bytes() > PeakLesson.MOST.bytes()) {
            return;
        }
        MemorySize enough = enough(peak);
        if (lease.asked() != null && isLittle(peak, enough, lease.asked(), thresholds.memoryPercent())) {
            hints.add(new UsageHint.LessThanAsked(peak, lease.asked(), enough));
        } else if (lease.asked() == null
                && smallest != null
                && isLittle(peak, enough, smallest, thresholds.memoryPercent() / CARD_DIVISOR)) {
            hints.add(new UsageHint.LessThanCard(peak, smallest, enough));
        }
    }

    private static boolean isLittle(MemorySize peak, MemorySize enough, MemorySize had, int percent) {
        return peak.bytes() * 100.0 < had.bytes() * (double) percent && enough.compareTo(had) < 0;
    }

    /** Whole GB, since nobody wants to write more digits. */
    private static MemorySize enough(MemorySize peak) {
        return MemorySize.ofBytes((long) Math.ceil(peak.bytes() * (1 + MARGIN) / GB) * GB);
    }

    private void throttling() {
        double seconds = usage.devices().stream().mapToDouble(DeviceUsage::throttledSeconds).max().orElse(0);
        double held = usage.held().toMillis() / 1000.0;
        long percent = held <= 0 ? 0 : Math.min(100, Math.round(100 * seconds / held));
        if (percent >= thresholds.throttledPercent()) {
            hints.add(new UsageHint.Throttled((int) percent));
        }
    }
}
