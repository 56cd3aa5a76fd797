package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.HeldDevices;
import io.jenkins.plugins.gpulease.engine.usage.HintThresholds;
import io.jenkins.plugins.gpulease.engine.usage.UsageHint;
import io.jenkins.plugins.gpulease.engine.usage.UsageHints;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The hints at the end of a lease, on how to use GPUs better. Thread-safe. */
@Extension
@Restricted(NoExternalUse.class)
public final class Hints {

    @CheckForNull
    private volatile HintThresholds thresholds = HintThresholds.DEFAULT;

    @NonNull
    public static Hints get() {
        return ExtensionList.lookupSingleton(Hints.class);
    }

    /** @param newThresholds from now on; null for no hints at all */
    public void set(@CheckForNull HintThresholds newThresholds) {
        thresholds = newThresholds;
    }

    /** A line for each hint that is worth one. */
    @NonNull
    List<String> lines(@NonNull Lease lease, @NonNull Duration held, @NonNull Returned returned) {
        HintThresholds worth = thresholds;
        return worth == null ? List.of() : lines(worth, lease, held, returned);
    }

    @NonNull
    static List<String> lines(
            @NonNull HintThresholds worth, @NonNull Lease lease, @NonNull Duration held, @NonNull Returned returned) {
        int left = returned.verdicts().values().stream().mapToInt(verdict -> verdict.processes().size()).sum();
        HeldDevices devices = new HeldDevices(held, lease.devices(), lease.minMemory(), left);
        return UsageHints.of(worth, devices, returned.usage()).stream()
                .map(hint -> Messages.Hints_line(text(hint)))
                .toList();
    }

    private static String text(UsageHint hint) {
        if (hint instanceof UsageHint.LessThanAsked less) {
            return Messages.Hints_lessThanAsked(less.peak(), less.asked(), less.enough());
        }
        if (hint instanceof UsageHint.LessThanCard less) {
            return Messages.Hints_lessThanCard(less.peak(), less.total(), less.enough());
        }
        if (hint instanceof UsageHint.LowUtilization low) {
            return Messages.Hints_lowUtilization(Integer.toString(low.percent()));
        }
        if (hint instanceof UsageHint.Throttled throttled) {
            return Messages.Hints_throttled(Integer.toString(throttled.percent()));
        }
        return hint instanceof UsageHint.Unused unused ? text(unused) : text((UsageHint.LeftBehind) hint);
    }

    private static String text(UsageHint.Unused unused) {
        int count = unused.devices().size();
        String of = Integer.toString(unused.of());
        if (count == unused.of()) {
            return count == 1 ? Messages.Hints_onlyUnused() : Messages.Hints_allUnused(of);
        }
        String names = unused.devices().stream()
                .map(Device::index)
                .map(index -> Integer.toString(index))
                .collect(Collectors.joining(", "));
        return Messages.Hints_someUnused(names, Integer.toString(count), of, Integer.toString(unused.of() - count));
    }

    private static String text(UsageHint.LeftBehind left) {
        return left.processes() == 1
                ? Messages.Hints_oneLeftBehind()
                : Messages.Hints_leftBehind(Integer.toString(left.processes()));
    }
}
