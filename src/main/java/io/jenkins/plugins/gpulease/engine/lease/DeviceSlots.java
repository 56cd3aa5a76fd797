package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The slots of a node's devices. Each slot tells of its changes, so that nobody has to go through all of them to know what is idle
 * and what has changed. Guarded by the registry's lock.
 */
final class DeviceSlots {

    private final Drains drains;
    private final Map<String, DeviceSlot> slots = new LinkedHashMap<>();
    private final Set<String> idle = new LinkedHashSet<>();
    private final Set<DeviceSlot> shared = new LinkedHashSet<>(0);
    private final List<DeviceSlot> changed = new ArrayList<>();
    private boolean healthChanged;

    DeviceSlots(@NonNull Drains drains) {
        this.drains = drains;
    }

    @CheckForNull
    DeviceSlot get(@NonNull String uuid) {
        return slots.get(uuid);
    }

    /** Those of them that are known. */
    @NonNull
    List<DeviceSlot> of(@NonNull Collection<String> uuids) {
        return uuids.stream().map(slots::get).filter(Objects::nonNull).toList();
    }

    /** In the inventory's order; those that are gone come last. */
    @NonNull
    Collection<DeviceSlot> all() {
        return slots.values();
    }

    /** UUIDs of the devices that may be handed out. */
    @NonNull
    Set<String> idle() {
        return Collections.unmodifiableSet(idle);
    }

    /** What may be promised to who shares devices, by UUID. */
    @NonNull
    Map<String, MemorySize> room(@NonNull MemorySize margin) {
        Map<String, MemorySize> room = new LinkedHashMap<>();
        slots.forEach((uuid, slot) -> {
            if (slot.isShareable()) {
                room.put(uuid, slot.room(margin));
            }
        });
        return room;
    }

    /** Whether anything may be handed out, be it a share. */
    boolean hasSupply() {
        return !idle.isEmpty() || !shared.isEmpty() && shared.stream().anyMatch(DeviceSlot::isShareable);
    }

    // ---- which devices there are

    /** Takes the devices that there are now; others stay only as long as somebody has them. */
    void replace(@NonNull Collection<Device> devices) {
        Map<String, DeviceSlot> before = new LinkedHashMap<>(slots);
        slots.clear();
        for (Device device : devices) {
            DeviceSlot slot = before.remove(device.uuid());
            if (slot == null) {
                slot = drains.newSlot(this, device, false);
            }
            slots.put(device.uuid(), slot);
            slot.seen(device);
        }
        before.values().forEach(DeviceSlot::vanished);
        before.values().removeIf(slot -> !slot.isHeld());
        slots.putAll(before);
    }

    /** Gives devices to a holding; an adopted one may name devices that nobody has read yet. */
    void take(@NonNull Holding holding) {
        List<DeviceSlot> taken = new ArrayList<>(holding.uuids().size());
        for (Device device : holding.lease().devices()) {
            DeviceSlot slot = slots.computeIfAbsent(device.uuid(), uuid -> drains.newSlot(this, device, true));
            slot.take(holding);
            taken.add(slot);
        }
        holding.took(taken);
    }

    void giveBack(@NonNull Holding holding) {
        for (DeviceSlot slot : holding.slots()) {
            slot.giveBack(holding);
            if (slot.isGone() && !slot.isHeld()) {
                slots.remove(slot.device().uuid(), slot);
            }
        }
    }

    // ---- what has changed

    void changed(@NonNull DeviceSlot slot) {
        changed.add(slot);
        String uuid = slot.device().uuid();
        if (slot.isIdle()) {
            idle.add(uuid);
        } else {
            idle.remove(uuid);
        }
        if (slot.isShared()) {
            shared.add(slot);
        } else if (!shared.isEmpty()) {
            shared.remove(slot);
        }
    }

    /** Who has these devices is in another phase. */
    void phaseChanged(@NonNull Collection<DeviceSlot> held) {
        changed.addAll(held);
    }

    /** The node can be asked again, or can't any more. */
    void obstacleChanged() {
        changed.addAll(slots.values());
    }

    void healthChanged() {
        healthChanged = true;
    }

    /** Whether the health of any device has changed since this was asked the last time. */
    boolean takeHealthChanged() {
        boolean is = healthChanged;
        healthChanged = false;
        return is;
    }

    /** Has what has changed remember since when it is in its state. */
    void noteChanges(@CheckForNull String obstacle, @NonNull Instant now) {
        for (DeviceSlot slot : changed) {
            slot.note(obstacle, now);
        }
        changed.clear();
    }
}
