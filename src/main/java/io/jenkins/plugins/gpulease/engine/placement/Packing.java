package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Packs requests that share devices onto as few of them as possible: those that are shared already, the fullest first, then the
 * smallest idle ones. Pure.
 */
public final class Packing {

    private Packing() {}

    /**
     * Chooses devices for a request that shares them.
     *
     * @param placement says which devices satisfy the request
     * @param room memory that may still be promised, by UUID of each device in which the request fits
     * @param idle UUIDs of those among them that nobody shares yet
     * @return the first ones in the order of packing that satisfy the request, with a score by which only the memory of idle devices is
     *     wasted; empty if not even all of them do
     */
    @NonNull
    public static Optional<Choice> choose(
            @NonNull Placement placement,
            @NonNull DeviceRequest request,
            @NonNull Inventory inventory,
            @NonNull Map<String, MemorySize> room,
            @NonNull Set<String> idle) {
        List<Device> candidates = inventory.devices().stream()
                .filter(device -> room.containsKey(device.uuid()))
                .sorted(order(room, idle))
                .toList();
        Set<String> first = new LinkedHashSet<>();
        for (Device candidate : candidates) {
            first.add(candidate.uuid());
            if (first.size() >= request.count()) {
                Optional<Choice> choice = placement.choose(request, inventory, first);
                if (choice.isPresent()) {
                    return choice.map(chosen -> scored(chosen, idle));
                }
            }
        }
        return Optional.empty();
    }

    /** What is shared already wastes nothing more. */
    private static Choice scored(Choice choice, Set<String> idle) {
        Score score = choice.score();
        long memory = choice.devices().stream()
                .filter(device -> idle.contains(device.uuid()) && device.memory() != null)
                .mapToLong(Waste::memory)
                .sum();
        return new Choice(choice.devices(), new Score(memory, score.power(), score.worstPair(), score.connection()));
    }

    /** The room of an idle device is its size. */
    private static Comparator<Device> order(Map<String, MemorySize> room, Set<String> idle) {
        return Comparator.<Device, Boolean>comparing(device -> idle.contains(device.uuid()))
                .thenComparing(device -> room.get(device.uuid()))
                .thenComparing(Device::pciBusId)
                .thenComparing(Device::uuid);
    }
}
