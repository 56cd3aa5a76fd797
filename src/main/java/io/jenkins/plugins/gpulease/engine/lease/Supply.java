package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What may be handed out now: devices that nobody has, and what is left of the memory of those that may be shared. */
final class Supply {

    private final Set<String> idle;
    private final Map<String, MemorySize> room;

    /**
     * @param idle UUIDs of the devices that nobody has
     * @param room memory that may be promised, by UUID of each device that may be shared, idle or shared already
     */
    Supply(@NonNull Set<String> idle, @NonNull Map<String, MemorySize> room) {
        this.idle = new HashSet<>(idle);
        this.room = room.isEmpty() ? Map.of() : new LinkedHashMap<>(room);
    }

    /** Of which nothing is shared. */
    static Supply of(@NonNull Set<String> idle) {
        return new Supply(idle, Map.of());
    }

    /** What could be had by somebody who waits for nobody. */
    static Supply of(@NonNull NodeView node, @NonNull MemorySize margin) {
        Set<String> idle = new HashSet<>();
        Map<String, MemorySize> room = new LinkedHashMap<>();
        for (DeviceView view : node.devices()) {
            String uuid = view.device().uuid();
            MemorySize total = view.device().memory();
            if (view.state() == DeviceState.IDLE) {
                idle.add(uuid);
            }
            if (view.state() == DeviceState.IDLE && total != null) {
                room.put(uuid, total.minus(margin));
            } else if (view.sharing() != null && view.reason() == null && view.drained() == null && node.unreachable() == null) {
                room.put(uuid, view.sharing().free());
            }
        }
        return new Supply(idle, room);
    }

    boolean isEmpty() {
        return idle.isEmpty() && room.isEmpty();
    }

    /** UUIDs of the devices that nobody has. */
    Set<String> idle() {
        return Collections.unmodifiableSet(idle);
    }

    /** What may be promised of those devices in which a budget fits, by UUID. */
    Map<String, MemorySize> roomFor(@NonNull MemorySize budget) {
        Map<String, MemorySize> fitting = new LinkedHashMap<>(room);
        fitting.values().removeIf(left -> !left.isAtLeast(budget));
        return fitting;
    }

    /** @param budget null if the devices aren't shared */
    void take(@NonNull Collection<String> uuids, @CheckForNull MemorySize budget) {
        idle.removeAll(uuids);
        if (budget == null) {
            room.keySet().removeAll(uuids);
        } else {
            uuids.forEach(uuid -> room.computeIfPresent(uuid, (same, left) -> left.minus(budget)));
        }
    }

    /**
     * Keeps devices for somebody: all idle ones, and of those that are shared as many as it takes, namely those that have most
     * room, so that nobody else joins and they become idle in time. The one with most room is the same the next time, or
     * another one has become even emptier.
     *
     * @param suitable UUIDs of those that suit
     * @param count how many are needed
     */
    void keep(@NonNull Collection<String> suitable, int count) {
        List<String> kept = suitable.stream().filter(idle::contains).toList();
        idle.removeAll(kept);
        room.keySet().removeAll(kept);
        List<String> emptiest = suitable.stream()
                .filter(room::containsKey)
                .sorted(Comparator.<String, MemorySize>comparing(room::get).reversed().thenComparing(Comparator.naturalOrder()))
                .limit(Math.max(0, count - kept.size()))
                .toList();
        room.keySet().removeAll(emptiest);
    }
}
