package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.Sharing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The devices of one node as JSON. Memory is in MiB, times are in ms since 1970. Not thread-safe. */
final class DeviceJson {

    private final NodeView view;
    private final Map<String, Reading> readings;
    private final boolean told;
    private final Map<String, Integer> groups;
    private final Map<String, List<String>> leases = new HashMap<>();

    /** @param told whether the reader may know what was found on devices: programs of other people */
    DeviceJson(@NonNull NodeView view, @NonNull Map<String, Reading> readings, boolean told) {
        this.view = view;
        this.readings = readings;
        this.told = told;
        this.groups = NvLinkGroups.of(view.inventory().topology());
        for (Lease lease : view.leases()) { // the outermost first
            lease.devices().forEach(
                    device -> leases.computeIfAbsent(device.uuid(), none -> new ArrayList<>(1)).add(lease.id()));
        }
    }

    @NonNull
    List<String> all() {
        List<String> devices = new ArrayList<>(view.devices().size());
        view.devices().forEach(device -> devices.add(json(device)));
        return devices;
    }

    private String json(DeviceView entry) {
        JsonText json = new JsonText();
        identity(json, entry.device());
        state(json, entry);
        Reading reading = readings.get(entry.device().uuid());
        if (reading != null) {
            use(json, reading);
        }
        return json.end();
    }

    private void identity(JsonText json, Device device) {
        json.put("uuid", device.uuid())
                .put("index", device.index())
                .put("model", device.model())
                .put("mig", device.migProfile())
                .put("parent", device.migParent())
                .put("frame", device.migEnabled())
                .put("pci", device.pciBusId())
                .put("memory", mib(device.memory()))
                .put("nvlink", groups.get(device.uuid()));
    }

    private void state(JsonText json, DeviceView entry) {
        json.put("state", entry.state().name().toLowerCase(Locale.ROOT))
                .put("since", entry.since().toEpochMilli())
                .put("drained", entry.drained());
        if (told || entry.state() == DeviceState.DRAINED || entry.state() == DeviceState.UNKNOWN) {
            json.put("reason", entry.reason());
        }
        if (told) {
            json.put("sick", entry.device().health().problem());
        }
        List<String> holders = holders(entry);
        if (!holders.isEmpty()) {
            json.put("leases", holders);
        }
        Sharing sharing = entry.sharing();
        if (sharing != null) {
            json.put("promised", mib(sharing.promised())).put("free", mib(sharing.free()));
        }
    }

    /** Ids of leases, or of the request that it is offered to. */
    private List<String> holders(DeviceView entry) {
        Sharing sharing = entry.sharing();
        if (sharing != null) {
            return sharing.leases();
        }
        List<String> granted = leases.get(entry.device().uuid());
        String other = entry.lease();
        return granted != null ? granted : other != null ? List.of(other) : List.of();
    }

    private static void use(JsonText json, Reading reading) {
        json.put("used", mib(reading.memoryUsed()))
                .put("utilization", reading.utilization())
                .put("temperature", reading.temperatureCelsius())
                .put("readAt", reading.takenAt().toEpochMilli());
    }

    @CheckForNull
    private static Long mib(@CheckForNull MemorySize size) {
        return size == null ? null : Long.valueOf(size.bytes() >> 20);
    }
}
