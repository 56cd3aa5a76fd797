package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Devices that a person has taken out of service, by UUID, and why; known to the table or not. A GPU takes its MIG instances with it.
 * Guarded by the registry's lock.
 */
final class Drains {

    private final Map<String, String> reasons = new HashMap<>(0);

    void set(@NonNull String uuid, @CheckForNull String reason) {
        if (reason == null) {
            reasons.remove(uuid);
        } else {
            reasons.put(uuid, reason);
        }
    }

    @NonNull
    DeviceSlot newSlot(@NonNull DeviceSlots slots, @NonNull Device device, boolean gone) {
        DeviceSlot slot = new DeviceSlot(slots, device, gone);
        slot.drain(reason(device));
        return slot;
    }

    /** @return whether any of the devices was drained, or put back, or has another reason */
    boolean apply(@NonNull Collection<DeviceSlot> slots) {
        boolean any = false;
        for (DeviceSlot slot : slots) {
            String reason = reason(slot.device());
            any |= !Objects.equals(reason, slot.drained());
            slot.drain(reason);
        }
        return any;
    }

    /** What is left of an inventory of which some devices are drained: of that, who asks for all gets all. */
    @NonNull
    static Inventory without(@NonNull Inventory inventory, @NonNull Predicate<String> drained) {
        List<Device> rest = inventory.devices().stream().filter(device -> !drained.test(device.uuid())).toList();
        return rest.size() == inventory.devices().size() ? inventory : inventory.withDevices(rest);
    }

    @CheckForNull
    private String reason(Device device) {
        String own = reasons.get(device.uuid());
        return own != null || device.migParent() == null ? own : reasons.get(device.migParent());
    }
}
