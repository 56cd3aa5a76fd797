package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Devices as an aligned table of plain text. Pure. */
final class DeviceTable {

    private static final List<String> HEAD = List.of("GPU", "Model", "Memory", "PCI bus id", "UUID");

    private DeviceTable() {}

    /** A line of heads and a line for each device, indented, without trailing blanks. */
    @NonNull
    static List<String> lines(@NonNull List<Device> devices) {
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        devices.forEach(device -> rows.add(row(device)));
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            Arrays.setAll(widths, column -> Math.max(widths[column], row.get(column).length()));
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static List<String> row(Device device) {
        return List.of(
                Integer.toString(device.index()),
                device.isMigInstance() ? device.model() + " MIG " + device.migProfile() : device.model(),
                Objects.toString(device.memory(), "unknown"),
                device.pciBusId(),
                device.uuid());
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder(" ");
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            String padding = " ".repeat(widths[column] - cell.length());
            line.append("  ").append(column == 0 ? padding + cell : cell + padding); // the index to the right
        }
        return line.toString().stripTrailing();
    }
}
