package io.jenkins.plugins.gpulease.engine.placement;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The reference for {@link BestPlacement}: writes the order of preference down as plainly as it can be, and tries all sets.
 * Doesn't say how good its choice is.
 */
final class ExhaustivePlacement {

    private final DeviceRequest request;
    private final Topology topology;
    private final List<Device> candidates;

    private ExhaustivePlacement(DeviceRequest request, Inventory inventory, Set<String> idle) {
        RequestMatcher matcher = new RequestMatcher(request, inventory);
        this.request = request;
        this.topology = inventory.topology();
        this.candidates = inventory.devices().stream()
                .filter(device -> idle.contains(device.uuid()) && device.health().isOk() && matcher.matches(device))
                .sorted(Comparator.comparing(Device::pciBusId).thenComparing(Device::uuid))
                .toList();
    }

    /** The best devices in the order of PCI bus id; request and devices are as for {@link Placement#choose}, but for "all". */
    static Optional<List<Device>> choose(DeviceRequest request, Inventory inventory, Set<String> idle) {
        return new ExhaustivePlacement(request, inventory, idle).best();
    }

    private Optional<List<Device>> best() {
        List<Device> best = null;
        for (int mask = 0; mask < 1 << candidates.size(); mask++) {
            if (Integer.bitCount(mask) == request.count()) {
                List<Device> set = part(mask);
                if (isAllowed(set) && (best == null || compare(set, best) < 0)) {
                    best = set;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private List<Device> part(int mask) {
        List<Device> part = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            if ((mask >> i & 1) == 1) {
                part.add(candidates.get(i));
            }
        }
        return part;
    }

    private boolean isAllowed(List<Device> set) {
        return request.topology() != TopologyPolicy.REQUIRED
                || links(set).stream().allMatch(link -> link.interconnect().compareTo(Interconnect.NVLINK) <= 0)
                || set.stream().allMatch(device -> isUnderOneSwitch(set.get(0), device));
    }

    /** Directly, or by way of a third GPU, since a bridge hides the switch that a pair hangs on. */
    private boolean isUnderOneSwitch(Device one, Device other) {
        return one == other || isSwitched(one.uuid(), other.uuid())
                || topology.uuids().stream().anyMatch(third -> isSwitched(one.uuid(), third) && isSwitched(third, other.uuid()));
    }

    private boolean isSwitched(String one, String other) {
        return topology.between(one, other).interconnect() == Interconnect.PCIE_SWITCH;
    }

    private int compare(List<Device> set, List<Device> other) {
        List<Long> merits = merits(set);
        List<Long> others = merits(other);
        for (int i = 0; i < merits.size(); i++) {
            int difference = Long.compare(merits.get(i), others.get(i));
            if (difference != 0) {
                return difference;
            }
        }
        return ids(set).compareTo(ids(other));
    }

    private static String ids(List<Device> set) {
        return set.stream().map(device -> device.pciBusId() + " " + device.uuid() + "\n").reduce("", String::concat);
    }

    /** What sets are compared by, the most important first; less is better. */
    private List<Long> merits(List<Device> set) {
        List<Long> merits = new ArrayList<>();
        merits.add(set.stream().mapToLong(device -> (long) Math.ceil(device.memory().bytes() / (double) (1L << 30))).sum());
        merits.add(set.stream().mapToLong(ExhaustivePlacement::slices).sum());
        merits.add(set.stream()
                .mapToLong(device -> device.computeCapability().major() * 10L + device.computeCapability().minor())
                .sum());
        List<Device> rest = new ArrayList<>(candidates);
        rest.removeAll(set);
        if (request.mig() != null) {
            merits.add(-pairsOfOneGpu(rest));
            return merits;
        }
        if (request.topology() != TopologyPolicy.ANY) {
            merits.add(links(set).stream().mapToLong(link -> link.interconnect().ordinal()).max().orElse(0));
            addSums(merits, links(set));
        }
        addSums(merits, links(rest));
        return merits;
    }

    private static void addSums(List<Long> merits, List<Link> links) {
        merits.add(-links.stream().mapToLong(Link::nvLinks).sum());
        merits.add(links.stream().mapToLong(link -> link.interconnect().ordinal()).sum());
    }

    private static long slices(Device device) {
        return device.isMigInstance() ? Long.parseLong(device.migProfile().replaceAll("g\\..*", "")) : 0;
    }

    private static long pairsOfOneGpu(List<Device> devices) {
        long pairs = 0;
        for (int i = 0; i < devices.size(); i++) {
            for (int j = 0; j < i; j++) {
                pairs += devices.get(i).migParent().equals(devices.get(j).migParent()) ? 1 : 0;
            }
        }
        return pairs;
    }

    private List<Link> links(List<Device> devices) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            for (int j = 0; j < i; j++) {
                links.add(topology.between(devices.get(i).uuid(), devices.get(j).uuid()));
            }
        }
        return links;
    }
}
