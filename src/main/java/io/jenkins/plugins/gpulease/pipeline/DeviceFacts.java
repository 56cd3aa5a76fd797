package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.request.LeaseText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The devices of a node that leases may name, as data that a Pipeline can store and its sandbox lets it read: lists, maps,
 * texts, numbers. Who holds a device, and what else is on it, isn't a build's business. Pure.
 */
final class DeviceFacts {

    private DeviceFacts() {}

    /** In the inventory's order. */
    @NonNull
    static List<Map<String, Object>> of(@NonNull NodeView view, @NonNull String node) {
        List<Map<String, Object>> facts = new ArrayList<>();
        for (DeviceView entry : view.devices()) {
            if (entry.device().isLeasable()) {
                facts.add(facts(view, entry, node));
            }
        }
        return facts;
    }

    private static Map<String, Object> facts(NodeView view, DeviceView entry, String node) {
        Device device = entry.device();
        MemorySize memory = device.memory();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("node", node);
        facts.put("uuid", device.uuid());
        facts.put("index", device.index());
        facts.put("model", LeaseText.plain(device.model()));
        facts.put("memoryMiB", memory == null ? null : memory.mib());
        facts.put("computeCapability", Objects.toString(device.computeCapability(), null));
        facts.put("pciBusId", device.pciBusId());
        facts.put("numaNode", device.numaNode());
        facts.put("migProfile", device.migProfile());
        facts.put("state", entry.state().name().toLowerCase(Locale.ROOT));
        facts.put("idle", entry.state() == DeviceState.IDLE && device.health().isOk() && view.unreachable() == null);
        facts.put("healthy", device.health().isOk());
        facts.put("driverVersion", Objects.toString(view.inventory().driverVersion(), null));
        facts.put("cudaVersion", Objects.toString(view.inventory().cudaVersion(), null));
        return facts;
    }
}
