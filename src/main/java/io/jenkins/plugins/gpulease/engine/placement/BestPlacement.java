package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Leaves the most behind. Of the healthy idle devices that match, the best set by, in this order:
 *
 * <ol>
 *   <li>what it wastes: least total memory in whole GiB; then, of MIG instances, fewest compute slices; then least compute
 *       capability, summed up. What a device doesn't tell counts as more than any has;
 *   <li>how it is connected inside, unless the request has {@link TopologyPolicy#ANY} or is for MIG instances: the worst pair's
 *       class, the best first; then most NVLinks in all pairs; then the classes of all pairs;
 *   <li>how the rest of these devices is connected: most NVLinks in all pairs, then the classes of all pairs; of MIG instances,
 *       most pairs of one GPU, so those are taken first whose GPU has fewest left;
 *   <li>the lowest PCI bus ids.
 * </ol>
 *
 * <p>Exact where at most {@value ExactSearch#MAX_OPEN} devices waste equally little ({@link TopologyPolicy#REQUIRED}: match);
 * beyond, it is by {@link GreedySearch}, but where connected ones are required and there are some, some are found.
 */
public final class BestPlacement implements Placement {

    private final KnownConnections connections = new KnownConnections();

    @NonNull
    @Override
    public Optional<Choice> choose(
            @NonNull DeviceRequest request, @NonNull Inventory inventory, @NonNull Set<String> idle) {
        RequestMatcher matcher = new RequestMatcher(request, inventory);
        List<Device> found = new ArrayList<>();
        for (Device device : inventory.devices()) {
            if (!device.health().isOk()) {
                continue;
            }
            boolean isIdle = idle.contains(device.uuid());
            if ((isIdle || request.isAll()) && matcher.matches(device)) {
                if (!isIdle) {
                    return Optional.empty(); // all are asked for
                }
                found.add(device);
            }
        }
        if (found.size() < request.least()) {
            return Optional.empty();
        }
        return Optional.ofNullable(best(request, new Candidates(found, connections.of(inventory.topology()))));
    }

    @CheckForNull
    private static Choice best(DeviceRequest request, Candidates candidates) {
        int count = request.isAll() ? candidates.size() : request.count();
        boolean connected = request.topology() != TopologyPolicy.ANY && request.mig() == null;
        if (request.topology() == TopologyPolicy.REQUIRED && count > 1) {
            return new ConnectedSets(candidates).best(count);
        }
        return new LeastWaste(candidates, count).best(connected);
    }
}
