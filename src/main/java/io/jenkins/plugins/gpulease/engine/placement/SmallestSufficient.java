package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Wastes least: of the healthy idle devices that match, those with the least memory, then the lowest compute capability,
 * then the lowest PCI bus id. Doesn't look at how they are connected.
 */
public final class SmallestSufficient implements Placement {

    private static final Comparator<Device> BY_BUS =
            Comparator.comparing(Device::pciBusId).thenComparing(Device::uuid);
    private static final Comparator<Device> BY_WASTE = Comparator.comparing(
                    Device::memory, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Device::computeCapability, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(BY_BUS);

    @NonNull
    @Override
    public Optional<Choice> choose(
            @NonNull DeviceRequest request, @NonNull Inventory inventory, @NonNull Set<String> idle) {
        RequestMatcher matcher = new RequestMatcher(request, inventory);
        List<Device> suitable = new ArrayList<>();
        for (Device device : inventory.devices()) {
            if (idle.contains(device.uuid()) && device.health().isOk() && matcher.matches(device)) {
                suitable.add(device);
            }
        }
        int count = request.isAll() ? all(matcher, inventory) : request.count();
        if (suitable.isEmpty() || suitable.size() < count) {
            return Optional.empty();
        }
        suitable.sort(BY_WASTE);
        List<Device> chosen = new ArrayList<>(suitable.subList(0, count));
        chosen.sort(BY_BUS);
        long memory = chosen.stream().mapToLong(Waste::memory).sum();
        long power = chosen.stream().mapToLong(Waste::power).sum();
        return Optional.of(new Choice(chosen, new Score(memory, power, 0, 0)));
    }

    private static int all(RequestMatcher matcher, Inventory inventory) {
        return (int) inventory.devices().stream().filter(device -> device.health().isOk() && matcher.matches(device)).count();
    }
}
