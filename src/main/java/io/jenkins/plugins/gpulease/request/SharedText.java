package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a lease that shares its devices writes into the log: its budget, its neighbours, and that it isn't kept. Pure. */
public final class SharedText {

    /** More names or processes than that say nothing more. */
    private static final int MOST_NAMES = 8;

    private SharedText() {}

    /** A line for each device: what is this lease's of it, and who else is there. Empty for one that has its devices to itself. */
    @NonNull
    static List<String> neighbours(@NonNull Lease lease, @NonNull NodeView node) {
        List<String> lines = new ArrayList<>();
        if (lease.shared()) {
            lease.devices().forEach(device -> lines.add("  " + line(lease, device, node.neighbours(lease.id(), device.uuid()))));
        }
        return lines;
    }

    private static String line(Lease lease, Device device, List<Lease> neighbours) {
        String index = Integer.toString(device.index());
        return neighbours.isEmpty()
                ? Messages.SharedText_alone(index, lease.budget(), device.memory())
                : Messages.SharedText_neighbours(index, lease.budget(), device.memory(), names(neighbours));
    }

    private static String names(List<Lease> neighbours) {
        List<String> names = neighbours.stream().map(other -> other.holder().name() + " (" + other.budget() + ")").toList();
        return joined(names);
    }

    private static String joined(List<String> names) {
        String first = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
        return names.size() <= MOST_NAMES ? first : Messages.SharedText_more(first, Integer.toString(names.size() - MOST_NAMES));
    }

    /** The warning for a lease that uses more than its budget. */
    @NonNull
    public static List<String> overBudget(@NonNull Lease lease, @NonNull OverBudget use) {
        return List.of(Messages.LeaseText_warning(Messages.SharedText_overBudget(
                use.used(), gpu(lease, use), lease.node(), use.used().minus(use.budget()), use.budget(), processes(use))));
    }

    /** The error of a block whose lease uses more than its budget, where that isn't tolerated. */
    @NonNull
    public static String overBudgetFailure(@NonNull Lease lease, @NonNull OverBudget use) {
        return LeaseText.plain(Messages.SharedText_overBudgetFailure(
                lease.holder().name(), use.used(), gpu(lease, use), lease.node(), use.budget(), processes(use)));
    }

    private static String gpu(Lease lease, OverBudget use) {
        return lease.devices().stream()
                .filter(device -> device.uuid().equals(use.uuid()))
                .map(device -> "GPU " + device.index())
                .findFirst()
                .orElse(use.uuid());
    }

    private static String processes(OverBudget use) {
        return joined(use.processes().stream().map(GpuProcess::toString).toList());
    }
}
