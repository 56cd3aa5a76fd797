package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the environment of a process leaves visible of a host's devices: who runs an agent or a shell with
 * {@code CUDA_VISIBLE_DEVICES} set has given it those devices and no others.
 *
 * <ul>
 *   <li>{@code CUDA_VISIBLE_DEVICES} is read as CUDA reads it (CUDA C++ Programming Guide, "CUDA Environment Variables"): a list
 *       of indices, or of UUIDs, which may be cut short while they name one GPU only. An entry that names no device hides
 *       itself and all after it, so an empty value, {@code -1} or {@code NoDevFiles} hides all; a device that is named twice
 *       hides all. Indices count GPUs in the order of PCI bus id. A GPU in MIG mode stands for all its instances.
 *   <li>{@code NVIDIA_VISIBLE_DEVICES} is what a container was started with, and in there NVML sees no other devices anyway;
 *       its indices are the host's, not the container's. So it restricts only if it is {@code none} or has UUIDs of which the
 *       host has at least one; {@code all}, {@code void} (set where devices came by CDI) and an empty value don't.
 * </ul>
 *
 * @param cuda value of {@code CUDA_VISIBLE_DEVICES}; null if it isn't set
 * @param nvidia value of {@code NVIDIA_VISIBLE_DEVICES}; null if it isn't set
 */
public record VisibleDevices(@CheckForNull String cuda, @CheckForNull String nvidia) {

    private static final String CUDA = "CUDA_VISIBLE_DEVICES";
    private static final String NVIDIA = "NVIDIA_VISIBLE_DEVICES";

    /** CUDA takes the number that an entry starts with and forgives what follows. */
    private static final Pattern INDEX = Pattern.compile("\\+?(\\d{1,9})(?!\\d).*", Pattern.DOTALL);

    /** What an environment says. */
    @NonNull
    public static VisibleDevices of(@NonNull Map<String, String> environment) {
        return new VisibleDevices(environment.get(CUDA), environment.get(NVIDIA));
    }

    /** The inventory as this environment leaves it; if that is without devices, its reason names the variable. */
    @NonNull
    public Inventory filter(@NonNull Inventory inventory) {
        Inventory left = inventory;
        if (nvidia != null) {
            left = keep(left, seenByContainer(nvidia, left.devices()), NVIDIA, nvidia);
        }
        if (cuda != null) {
            left = keep(left, seenByCuda(cuda, inventory.devices()), CUDA, cuda); // CUDA's indices count all
        }
        return left;
    }

    private static Inventory keep(Inventory inventory, Set<String> uuids, String variable, String value) {
        if (inventory.status() != Inventory.Status.OK) {
            return inventory;
        }
        List<Device> kept = inventory.devices().stream()
                .filter(device -> uuids.contains(device.uuid()) || isFrameOfAny(device, inventory, uuids))
                .toList();
        if (!kept.isEmpty()) {
            return inventory.withDevices(kept);
        }
        String reason = variable + "='" + value + "' in the environment hides all " + inventory.devices().size() + " devices";
        return new Inventory(Inventory.Status.EMPTY, reason, List.of(), Topology.NONE, inventory.driverVersion(),
                inventory.cudaVersion(), inventory.takenAt());
    }

    private static boolean isFrameOfAny(Device gpu, Inventory inventory, Set<String> uuids) {
        return gpu.migEnabled() && inventory.devices().stream()
                .anyMatch(device -> gpu.uuid().equals(device.migParent()) && uuids.contains(device.uuid()));
    }

    // ---- CUDA_VISIBLE_DEVICES

    private static Set<String> seenByCuda(String list, List<Device> devices) {
        Set<String> visible = new LinkedHashSet<>();
        String kind = null;
        for (String entry : entries(list)) {
            Device named = name(entry, devices);
            if (named == null || (kind != null && !kind.equals(kind(entry)))) {
                break;
            }
            kind = kind(entry);
            if (!visible.add(named.uuid())) {
                return Set.of();
            }
        }
        return withInstances(visible, devices);
    }

    /** CUDA takes one kind of entry in a list: that of the first. */
    private static String kind(String entry) {
        return entry.startsWith("GPU-") ? "GPU" : entry.startsWith("MIG-") ? "MIG" : "index";
    }

    @CheckForNull
    private static Device name(String entry, List<Device> devices) {
        List<Device> gpus = devices.stream().filter(device -> !device.isMigInstance()).toList();
        return switch (kind(entry)) {
            case "GPU" -> only(gpus.stream().filter(gpu -> gpu.uuid().startsWith(entry)).toList());
            case "MIG" -> only(devices.stream().filter(device -> device.uuid().equals(entry)).toList());
            default -> byIndex(entry, gpus);
        };
    }

    @CheckForNull
    private static Device byIndex(String entry, List<Device> gpus) {
        Matcher index = INDEX.matcher(entry);
        if (!index.matches()) {
            return null;
        }
        int number = Integer.parseInt(index.group(1));
        return number < gpus.size() ? gpus.get(number) : null;
    }

    @CheckForNull
    private static Device only(List<Device> candidates) {
        return candidates.size() == 1 ? candidates.get(0) : null;
    }

    // ---- NVIDIA_VISIBLE_DEVICES

    private static Set<String> seenByContainer(String list, List<Device> devices) {
        Set<String> named = new LinkedHashSet<>(entries(list));
        if (named.equals(Set.of("none"))) {
            return Set.of();
        }
        Set<String> all = new LinkedHashSet<>(devices.stream().map(Device::uuid).toList());
        named.retainAll(all);
        return named.isEmpty() ? all : withInstances(named, devices);
    }

    // ---- both

    private static List<String> entries(String value) {
        List<String> entries = new ArrayList<>();
        for (String entry : value.split(",", -1)) {
            entries.add(entry.trim());
        }
        return entries;
    }

    private static Set<String> withInstances(Set<String> uuids, List<Device> devices) {
        Set<String> all = new LinkedHashSet<>(uuids);
        devices.stream().filter(device -> uuids.contains(device.migParent())).forEach(device -> all.add(device.uuid()));
        return all;
    }
}
