package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.agent.InventoryLabels;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The most devices that leases held at the same time, for people. Pure. */
final class MostAtOnce {

    private MostAtOnce() {}

    /** By model, such as {@code 2 × H100, 1 × T4}; empty without leases. */
    @NonNull
    static String of(@NonNull List<LeaseRecord> leases) {
        return leases.stream()
                .map(lease -> heldAt(lease.holding().from(), leases)) // a set of leases is largest when one of it begins
                .max(Comparator.comparingInt(Map::size))
                .map(MostAtOnce::text)
                .orElse("");
    }

    private static Map<String, Device> heldAt(long millis, List<LeaseRecord> leases) {
        Map<String, Device> devices = new LinkedHashMap<>();
        for (LeaseRecord lease : leases) {
            Span held = lease.holding();
            if (held.from() == millis || held.from() < millis && millis < held.to()) {
                Lease known = lease.lease();
                known.devices().forEach(device -> devices.put(device.uuid(), device));
            }
        }
        return devices;
    }

    private static String text(Map<String, Device> devices) {
        Map<String, Long> models = devices.values().stream()
                .collect(Collectors.groupingBy(MostAtOnce::model, LinkedHashMap::new, Collectors.counting()));
        return models.entrySet().stream()
                .map(model -> model.getValue() + " × " + model.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String model(Device device) {
        String name = InventoryLabels.model(device.model()).replace('-', ' ').toUpperCase(Locale.ROOT);
        String known = name.isEmpty() ? "GPU" : name;
        return device.isMigInstance() ? known + " " + device.migProfile() : known;
    }
}
