package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.Test;

/** Compares with {@link ExhaustivePlacement} over many idle sets. */
public class BestPlacementReferenceTest {

    private static final Map<String, Inventory> MACHINES = new LinkedHashMap<>();

    static {
        MACHINES.put("4 PCIe cards", Topologies.pcieInTwoNumaNodes());
        MACHINES.put("DGX-1", Topologies.dgx1());
        MACHINES.put("NVSwitch", Topologies.nvSwitch());
        MACHINES.put("bridged pairs", Topologies.bridgedPairs());
        MACHINES.put("two PCIe switches", Topologies.twoPcieSwitches());
        MACHINES.put("mixed", Topologies.mixed());
    }

    private final BestPlacement placement = new BestPlacement();

    private Optional<List<Device>> chosen(DeviceRequest request, Inventory inventory, Set<String> idle) {
        return placement.choose(request, inventory, idle).map(Choice::devices);
    }

    private static Set<String> all(Inventory inventory) {
        return inventory.devices().stream().map(Device::uuid).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> some(Inventory inventory, Random random) {
        Set<String> some = all(inventory);
        int keep = random.nextInt(4) + 1;
        some.removeIf(uuid -> random.nextInt(5) >= keep);
        return some;
    }

    private static List<DeviceRequest> requests(int most) {
        List<DeviceRequest> requests = new ArrayList<>();
        for (TopologyPolicy policy : TopologyPolicy.values()) {
            for (int count = 1; count <= most; count++) {
                DeviceRequest request = DeviceRequest.of(count).withTopology(policy);
                requests.add(request);
                requests.add(request.withMinMemory(MemorySize.parse("40 GB")));
            }
        }
        return requests;
    }

    private void assertSame(String what, DeviceRequest request, Inventory inventory, Set<String> idle) {
        assertEquals(
                what + ": " + request + ", " + request.topology() + " of " + idle,
                ExhaustivePlacement.choose(request, inventory, idle),
                chosen(request, inventory, idle));
    }

    @Test
    public void theBestIsChosenOnEveryMachine() {
        MACHINES.forEach((name, inventory) -> {
            Random random = new Random(name.hashCode());
            for (int i = 0; i < 15; i++) {
                Set<String> idle = i == 0 ? all(inventory) : some(inventory, random);
                requests(idle.size()).forEach(request -> assertSame(name, request, inventory, idle));
            }
        });
    }

    @Test
    public void theBestIsChosenWhateverTheConnections() {
        for (int seed = 0; seed < 120; seed++) {
            Random random = new Random(seed);
            Inventory inventory = Topologies.random(3 + random.nextInt(7), random);
            Set<String> idle = some(inventory, random);
            for (DeviceRequest request : requests(Math.min(5, idle.size()))) {
                if (request.topology() != TopologyPolicy.REQUIRED) { // switches that aren't transitive are no machine
                    assertSame("seed " + seed, request, inventory, idle);
                }
            }
        }
    }

    @Test
    public void theBestOfSixteenIsChosen() {
        for (int count : new int[] {2, 8, 13}) {
            DeviceRequest request = DeviceRequest.of(count);
            Inventory random = Topologies.random(16, new Random(count));
            assertSame("at random", request, random, all(random));
        }
    }

    @Test
    public void theBestMigInstancesAreChosen() {
        Inventory inventory = Topologies.mig(
                "1g.10gb 1g.10gb 1g.10gb", "1g.10gb 2g.20gb", "1g.10gb 1g.10gb 1g.20gb", "3g.40gb");
        Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            Set<String> idle = some(inventory, random);
            for (int count = 1; count <= 5; count++) {
                DeviceRequest any = DeviceRequest.of(count).withMig("any");
                assertSame("MIG", any, inventory, idle);
                assertSame("MIG", any.withMig("1g.10gb"), inventory, idle);
                assertSame("MIG", any.withMinMemory(MemorySize.parse("15 GB")), inventory, idle);
            }
        }
    }

    @Test
    public void manyMigInstancesAreChosenAsWellAsFew() {
        Inventory inventory = Topologies.mig(
                "1g.10gb 1g.10gb 1g.10gb 1g.10gb 1g.10gb 1g.10gb 1g.10gb", "1g.10gb 1g.10gb 1g.10gb 1g.10gb 1g.10gb 1g.10gb 1g.10gb",
                "1g.10gb 1g.10gb 1g.10gb 1g.10gb 1g.10gb");
        Random random = new Random(3);
        for (int i = 0; i < 3; i++) {
            Set<String> idle = all(inventory);
            for (String uuid : List.copyOf(all(inventory)).subList(0, i)) {
                idle.remove(uuid.replace("GPU", "MIG") + "-" + random.nextInt(5));
            }
            for (int count : new int[] {1, 3, 6}) {
                assertSame("MIG", DeviceRequest.of(count).withMig("1g.10gb"), inventory, idle);
            }
        }
    }

    @Test
    public void theOrderInWhichAMachineIsToldDoesNotMatter() {
        MACHINES.forEach((name, inventory) -> {
            Random random = new Random(name.hashCode());
            for (DeviceRequest request : requests(inventory.devices().size())) {
                assertEquals(
                        name + ": " + request,
                        chosen(request, inventory, all(inventory)),
                        chosen(request, Topologies.shuffled(inventory, random), all(inventory)));
            }
        });
    }

    @Test
    public void moreThanSixteenGetAGoodSetThatDoesNotDependOnTheirOrder() {
        Inventory inventory = Topologies.blocks(24, 6, "PIX", "SYS");
        Random random = new Random(24);
        for (int round = 0; round < 20; round++) {
            Set<String> idle = some(inventory, random);
            for (int count = 1; count <= Math.min(6, idle.size()); count++) {
                DeviceRequest request = DeviceRequest.of(count);
                Choice choice = placement.choose(request, inventory, idle).orElseThrow();
                assertEquals(choice, placement.choose(request, Topologies.shuffled(inventory, random), idle).orElseThrow());
                assertEquals(count, choice.devices().size());
                assertTrue(idle.containsAll(choice.devices().stream().map(Device::uuid).toList()));
                int size = count;
                boolean fits = idle.stream()
                        .collect(Collectors.groupingBy(uuid -> Integer.parseInt(uuid.substring(4)) / 6, Collectors.counting()))
                        .values().stream()
                        .anyMatch(block -> block >= size);
                assertEquals(fits, choice.devices().stream().map(device -> device.index() / 6).distinct().count() == 1);
            }
        }
    }

    @Test
    public void itIsFasterByFarThanTryingAll() {
        Inventory inventory = Topologies.fourPcieSwitches();
        DeviceRequest request = DeviceRequest.of(8);
        Set<String> idle = all(inventory);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long start = System.nanoTime();
            chosen(request, inventory, idle);
            best = Math.min(best, System.nanoTime() - start);
        }
        long start = System.nanoTime();
        assertSame("16 cards", request, inventory, idle);
        long exhaustive = System.nanoTime() - start;

        assertTrue(best + " ns against " + exhaustive + " ns", best * 5 < exhaustive);
    }
}
