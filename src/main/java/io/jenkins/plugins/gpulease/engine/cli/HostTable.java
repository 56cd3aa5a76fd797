package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.util.ArrayList;
import java.util.List;

/** A {@link HostView} as text. */
final class HostTable {

    private HostTable() {}

    /** The table, or one line that says why there is none. */
    @NonNull
    static List<String> lines(@NonNull HostView view) {
        Inventory inventory = view.inventory();
        List<String> lines = new ArrayList<>();
        if (inventory.status() == Inventory.Status.OK) {
            lines.add("Driver " + orUnknown(inventory.driverVersion()) + ", CUDA up to " + orUnknown(inventory.cudaVersion()));
            lines.addAll(table(view.rows()));
        } else {
            lines.add(absence(inventory));
        }
        if (view.warning() != null) {
            lines.add(view.warning());
        }
        return lines;
    }

    /** Why there is no device, with what kind of absence it is. */
    @NonNull
    static String absence(@NonNull Inventory inventory) {
        return switch (inventory.status()) {
            case NO_HARDWARE -> "No NVIDIA hardware: ";
            case EMPTY -> "No GPUs: ";
            default -> "The GPUs can't be read: ";
        } + inventory.reason();
    }

    private static List<String> table(List<DeviceRow> rows) {
        TextTable table = new TextTable("GPU", "MODEL", "MEMORY", "UTIL", "TEMP", "STATE", "UUID");
        for (DeviceRow row : rows) {
            Reading reading = row.reading();
            table.add(row.number(), row.device().model(), memory(reading.memoryUsed(), row.device().memory()),
                    with(reading.utilization(), " %"), with(reading.temperatureCelsius(), " °C"), row.stateText(), row.device().uuid());
        }
        return table.lines();
    }

    @NonNull
    static String memory(@CheckForNull MemorySize used, @CheckForNull MemorySize total) {
        return (used == null ? "?" : used) + " / " + (total == null ? "?" : total);
    }

    /** A value with its unit, or a dash. */
    @NonNull
    static String with(@CheckForNull Integer value, @NonNull String unit) {
        return value == null ? "-" : value + unit;
    }

    private static String orUnknown(Object value) {
        return value == null ? "unknown" : value.toString();
    }
}
