package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Whether an inventory can ever satisfy a request, whoever uses its devices now. Sick devices count: they may recover. */
public final class Feasibility {

    /** Most devices that a message names. */
    static final int MAX_DEVICES = 7;

    private Feasibility() {}

    /**
     * Why no set of the devices can ever satisfy a request.
     *
     * @param owner whose devices they are, for people, such as the node's name
     * @return up to 8 lines that name the closest there is; empty if the request can be satisfied, or if nobody can tell
     *     because the inventory is {@link Inventory.Status#FAILED} or {@link Inventory.Status#UNKNOWN}
     */
    @NonNull
    public static Optional<String> obstacle(
            @NonNull String owner, @NonNull DeviceRequest request, @NonNull Inventory inventory) {
        return switch (inventory.status()) {
            case FAILED, UNKNOWN -> Optional.empty();
            case EMPTY, NO_HARDWARE ->
                Optional.of(owner + " has no GPUs, " + request + " asked: " + inventory.reason());
            case OK -> shortage(owner, request, inventory);
        };
    }

    private static Optional<String> shortage(String owner, DeviceRequest request, Inventory inventory) {
        RequestMatcher matcher = new RequestMatcher(request, inventory);
        List<Device> suitable =
                inventory.devices().stream().filter(matcher::matches).toList();
        return suitable.size() < request.least()
                ? Optional.of(closest(owner, request, inventory, suitable))
                : disconnection(owner, request, inventory, suitable);
    }

    private static String closest(String owner, DeviceRequest request, Inventory inventory, List<Device> suitable) {
        RequestMatcher matcher = new RequestMatcher(request, inventory);
        List<Device> others = inventory.devices().stream()
                .filter(device -> !suitable.contains(device))
                .filter(device -> request.mig() == null || device.isMigInstance())
                .sorted(closestFirst(matcher))
                .toList();
        int all = (int) inventory.devices().stream()
                .filter(device -> device.isMigInstance() == (request.mig() != null))
                .count();
        List<String> lines = new ArrayList<>();
        lines.add(headline(owner, request, all, suitable.size()));
        others.stream().limit(MAX_DEVICES - 1).forEach(device -> lines.add(name(device) + " "
                + String.join("; ", matcher.mismatches(device))));
        if (others.size() >= MAX_DEVICES) {
            lines.add("and " + (others.size() - MAX_DEVICES + 1) + " more");
        }
        return String.join("\n", lines);
    }

    /** Why none of the sets of suitable devices is connected as asked; if all are asked for, the sick ones may be left out. */
    private static Optional<String> disconnection(
            String owner, DeviceRequest request, Inventory inventory, List<Device> suitable) {
        List<Device> devices = request.isAll()
                ? suitable.stream().filter(device -> device.health().isOk()).toList()
                : suitable;
        int count = request.isAll() ? devices.size() : request.count();
        if (request.topology() != TopologyPolicy.REQUIRED || count <= 1) {
            return Optional.empty();
        }
        int largest = new ConnectedSets(new Candidates(devices, new Connections(inventory.topology()))).largest();
        return largest >= count
                ? Optional.empty()
                : Optional.of(owner + " has " + gpus(request, devices.size()) + " that " + (devices.size() == 1 ? "suits" : "suit") + ", "
                        + (largest == 1 ? "no two" : "at most " + largest) + " of them connected so: " + request + " asked");
    }

    private static String headline(String owner, DeviceRequest request, int all, int matching) {
        if (all == 0 && request.mig() != null) {
            return owner + " has no MIG instances, " + request + " asked";
        }
        String has = owner + " has " + gpus(request, all) + ", ";
        if (matching == all) {
            return has + request + " asked";
        }
        return has + suiting(matching) + ": " + request + " asked; closest:";
    }

    private static String gpus(DeviceRequest request, int number) {
        return number + (request.mig() == null ? " GPU" : " MIG instance") + (number == 1 ? "" : "s");
    }

    private static String suiting(int matching) {
        return switch (matching) {
            case 0 -> "none of them suits";
            case 1 -> "only 1 of them suits";
            default -> "only " + matching + " of them suit";
        };
    }

    private static Comparator<Device> closestFirst(RequestMatcher matcher) {
        return Comparator.<Device>comparingInt(device -> matcher.mismatches(device).size())
                .thenComparing(
                        device -> device.memory() == null ? MemorySize.ZERO : device.memory(),
                        Comparator.reverseOrder())
                .thenComparing(Device::pciBusId);
    }

    /** For people: {@code GPU 0 (NVIDIA H100 80GB HBM3)}. */
    @NonNull
    public static String name(@NonNull Device device) {
        String what = device.isMigInstance() ? "MIG instance of GPU " : "GPU ";
        return what + device.index() + " (" + device.model() + ")";
    }
}
