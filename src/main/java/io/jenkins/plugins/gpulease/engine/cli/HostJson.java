package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.util.Locale;
import org.json.JSONArray;
import org.json.JSONObject;

/** A {@link HostView} as JSON. What isn't known is null; memory is in bytes. */
final class HostJson {

    private static final int INDENT = 2;

    private HostJson() {}

    @NonNull
    static String text(@NonNull HostView view) {
        Inventory inventory = view.inventory();
        JSONObject json = new JSONObject();
        json.put("status", inventory.status().name().toLowerCase(Locale.ROOT));
        put(json, "reason", inventory.reason());
        put(json, "driver", inventory.driverVersion());
        put(json, "cuda", inventory.cudaVersion());
        put(json, "warning", view.warning());
        json.put("takenAt", inventory.takenAt().toString());
        JSONArray devices = new JSONArray();
        view.rows().forEach(row -> devices.put(device(row)));
        return json.put("devices", devices).toString(INDENT);
    }

    private static JSONObject device(DeviceRow row) {
        Device device = row.device();
        JSONObject json = new JSONObject();
        json.put("index", device.index());
        json.put("uuid", device.uuid());
        json.put("model", device.model());
        json.put("pciBusId", device.pciBusId());
        put(json, "numaNode", device.numaNode() < 0 ? null : device.numaNode());
        put(json, "computeCapability", device.computeCapability());
        put(json, "memory", bytes(device.memory()));
        put(json, "migParent", device.migParent());
        put(json, "migProfile", device.migProfile());
        json.put("state", row.state().id());
        put(json, "detail", row.detail());
        putReading(json, row.reading());
        return json;
    }

    private static void putReading(JSONObject json, Reading reading) {
        put(json, "memoryUsed", bytes(reading.memoryUsed()));
        put(json, "memoryFree", bytes(reading.memoryFree()));
        put(json, "utilization", reading.utilization());
        put(json, "temperatureCelsius", reading.temperatureCelsius());
        put(json, "powerMilliwatts", reading.powerMilliwatts());
        json.put("throttleReasons", new JSONArray(reading.throttleReasons()));
        JSONArray processes = new JSONArray();
        reading.processes().forEach(process -> processes.put(process(process)));
        json.put("processes", processes);
    }

    private static JSONObject process(GpuProcess process) {
        JSONObject json = new JSONObject();
        json.put("pid", process.pid());
        json.put("kind", process.kind().name().toLowerCase(Locale.ROOT));
        put(json, "command", process.command());
        put(json, "memory", bytes(process.memory()));
        return json;
    }

    private static Long bytes(MemorySize size) {
        return size == null ? null : size.bytes();
    }

    private static void put(JSONObject json, String key, Object value) {
        json.put(key, value == null ? JSONObject.NULL : value instanceof Number ? value : value.toString());
    }
}
