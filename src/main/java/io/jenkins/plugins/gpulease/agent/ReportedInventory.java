package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An inventory as an agent reports it, made fit for the controller: an agent that is broken or hostile can get its own node
 * wrong, but nothing else. Pure.
 */
final class ReportedInventory {

    static final int MAX_DEVICES = 256;

    private static final int MAX_INDEX = 9_999;
    private static final int MAX_NUMA_NODE = 65_535;
    private static final int MAX_NV_LINKS = 64;
    private static final Pattern PCI = Pattern.compile("[0-9a-f]{8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
    private static final Pattern MIG_PROFILE = Pattern.compile("[A-Za-z0-9.+ _-]{1,40}");

    private ReportedInventory() {}

    /**
     * The inventory with what can be believed of it.
     *
     * @param now replaces the agent's time, since its clock may be wrong
     */
    @NonNull
    static Inventory accept(@CheckForNull Inventory reported, @NonNull Instant now) {
        if (reported == null || reported.status() == null) {
            return failed("The agent reported nothing", now);
        }
        if (reported.status() != Inventory.Status.OK) {
            return new Inventory(reported.status(), ReportedText.reason(reported.reason()), List.of(), Topology.NONE,
                    reported.driverVersion(), reported.cudaVersion(), now);
        }
        if (reported.devices().size() > MAX_DEVICES) {
            return failed("The agent reported " + reported.devices().size() + " devices; at most " + MAX_DEVICES
                    + " are believed", now);
        }
        List<Device> devices = devices(reported.devices());
        if (devices.isEmpty()) {
            return failed("The agent reported devices without a usable UUID", now);
        }
        return new Inventory(Inventory.Status.OK, null, devices, topology(reported.topology(), devices),
                reported.driverVersion(), reported.cudaVersion(), now);
    }

    private static Inventory failed(String reason, Instant now) {
        return Inventory.without(Inventory.Status.FAILED, reason, now);
    }

    private static List<Device> devices(List<Device> reported) {
        Map<String, Device> byUuid = new LinkedHashMap<>();
        for (Device device : reported) {
            if (ReportedText.isUuid(device.uuid())) {
                byUuid.putIfAbsent(device.uuid(), device(device));
            }
        }
        return List.copyOf(byUuid.values());
    }

    private static Device device(Device reported) {
        String parent = ReportedText.isUuid(reported.migParent()) ? reported.migParent() : null;
        return new Device(
                reported.uuid(),
                Math.min(reported.index(), MAX_INDEX),
                ReportedText.name(reported.model()),
                reported.memory(),
                reported.computeCapability(),
                pciBusId(reported.pciBusId()),
                reported.numaNode() < 0 || reported.numaNode() > MAX_NUMA_NODE ? -1 : reported.numaNode(),
                reported.migEnabled(),
                parent,
                parent == null ? null : migProfile(reported.migProfile()),
                health(reported.health()));
    }

    @NonNull
    static Health health(@CheckForNull Health reported) {
        if (reported == null) {
            return Health.sick("The agent didn't report its health");
        }
        return reported.isOk() ? Health.OK : Health.sick(ReportedText.reason(reported.problem()));
    }

    private static String pciBusId(@CheckForNull String reported) {
        return reported != null && PCI.matcher(reported).matches() ? reported : "unknown";
    }

    @CheckForNull
    private static String migProfile(@CheckForNull String reported) {
        return reported != null && MIG_PROFILE.matcher(reported).matches() ? reported : null;
    }

    /** A matrix that names other devices is worth nothing. */
    private static Topology topology(@CheckForNull Topology reported, List<Device> devices) {
        Set<String> known = devices.stream().map(Device::uuid).collect(Collectors.toSet());
        if (reported == null || !known.containsAll(reported.uuids()) || hasDuplicates(reported.uuids())) {
            return Topology.NONE;
        }
        return new Topology(reported.uuids(), reported.links().stream()
                .map(row -> row.stream().map(ReportedInventory::link).toList())
                .toList());
    }

    /** So that the matrix, which grows with the square of the names, is no larger than the devices allow. */
    private static boolean hasDuplicates(List<String> uuids) {
        return new HashSet<>(uuids).size() < uuids.size();
    }

    private static Link link(Link reported) {
        Interconnect interconnect = Objects.requireNonNullElse(reported.interconnect(), Interconnect.UNKNOWN);
        return new Link(interconnect, Math.max(0, Math.min(reported.nvLinks(), MAX_NV_LINKS)));
    }
}
