package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.Test;

/** What is chosen, by examples; {@link BestPlacementReferenceTest} compares many more cases. */
public class BestPlacementTest {

    private static final DeviceRequest ONE = DeviceRequest.of(1);
    private static final DeviceRequest TWO = DeviceRequest.of(2);
    private static final DeviceRequest ALL = DeviceRequest.of(DeviceRequest.ALL);
    private static final TopologyPolicy REQUIRED = TopologyPolicy.REQUIRED;

    private final BestPlacement placement = new BestPlacement();

    private Optional<Choice> choice(DeviceRequest request, Inventory inventory, Set<String> idle) {
        return placement.choose(request, inventory, idle);
    }

    /** Indices of the GPUs that are chosen among idle ones. */
    private String chosen(DeviceRequest request, Inventory inventory, int... idle) {
        return choice(request, inventory, IntStream.of(idle).mapToObj(index -> "GPU-" + index).collect(Collectors.toSet()))
                .map(choice -> choice.devices().stream().map(device -> String.valueOf(device.index())).collect(Collectors.joining(" ")))
                .orElse("none");
    }

    private String chosen(DeviceRequest request, Inventory inventory) {
        return chosen(request, inventory, inventory.devices().stream().mapToInt(Device::index).toArray());
    }

    private String chosenOf(DeviceRequest request, Device... devices) {
        return chosen(request, Gpus.inventory(devices));
    }

    // ---- waste

    @Test
    public void theLeastMemoryThatSufficesIsTaken() {
        assertEquals("2", chosenOf(ONE, Gpus.h100(0), Gpus.a100(1), Gpus.t4(2)));
        assertEquals("1", chosenOf(ONE.withMinMemory(MemorySize.parse("16 GiB")), Gpus.h100(0), Gpus.a100(1), Gpus.t4(2)));
        assertEquals("1 2", chosenOf(TWO, Gpus.h100(0), Gpus.a100(1), Gpus.t4(2)));
    }

    @Test
    public void ofEqualMemoryTheLowestCapabilityIsTaken() {
        MemorySize memory = MemorySize.parse("16 GiB");

        assertEquals(
                "1", chosenOf(ONE, Gpus.gpu(0, "new", memory, "8.9"), Gpus.gpu(1, "old", memory, "7.0"), Gpus.gpu(2, "?", memory, null)));
    }

    @Test
    public void someMebibytesMoreAreNoWaste() {
        Device[] cards = {
            Gpus.gpu(0, "NVIDIA H100", MemorySize.ofMib(81_559), "9.0"), Gpus.gpu(1, "NVIDIA H100", MemorySize.ofMib(81_251), "9.0")
        };
        assertEquals("0", chosenOf(ONE, cards));
    }

    @Test
    public void aDeviceThatDoesntTellItsMemoryComesLast() {
        assertEquals("1", chosenOf(ONE, Gpus.gpu(0, "NVIDIA Thor", null, null), Gpus.h100(1)));
    }

    @Test
    public void wasteGoesBeforeConnection() {
        Inventory mixed = Topologies.mixed();

        assertEquals("4 5", chosen(TWO, mixed));
        assertEquals("0 4 5", chosen(DeviceRequest.of(3), mixed));
        assertEquals("0 1", chosen(TWO.withMinMemory(MemorySize.parse("40 GB")), mixed));
        assertEquals("2 3", chosen(TWO.withModel("H100"), mixed));
    }

    // ---- connection

    @Test
    public void twoOfFourPcieCardsComeFromOneNumaNode() {
        Inventory cards = Topologies.pcieInTwoNumaNodes();

        assertEquals("0 1", chosen(TWO, cards));
        assertEquals("2 3", chosen(TWO, cards, 1, 2, 3));
        assertEquals("1 2", chosen(TWO, cards, 1, 2));
    }

    @Test
    public void oneOfThreePcieCardsLeavesThePairOfTheOtherNumaNode() {
        assertEquals("1", chosen(ONE, Topologies.pcieInTwoNumaNodes(), 1, 2, 3));
    }

    @Test
    public void aPairOfADgx1HasTwoLinksAndLeavesMostLinksBehind() {
        assertEquals("0 3", chosen(TWO, Topologies.dgx1()));
        assertEquals("5 6", chosen(TWO, Topologies.dgx1(), 0, 1, 2, 5, 6));
    }

    @Test
    public void fourOfADgx1AreAQuad() {
        assertEquals("0 1 2 3", chosen(DeviceRequest.of(4), Topologies.dgx1()));
        assertEquals("4 5 6 7", chosen(DeviceRequest.of(4), Topologies.dgx1(), 0, 2, 3, 4, 5, 6, 7));
    }

    @Test
    public void onNvSwitchTheFirstAreAsGoodAsAny() {
        assertEquals("2 5 6", chosen(DeviceRequest.of(3), Topologies.nvSwitch(), 2, 5, 6, 7));
    }

    @Test
    public void bridgedPairsStayTogether() {
        assertEquals("2 3", chosen(TWO, Topologies.bridgedPairs(), 0, 2, 3, 5));
        assertEquals("4", chosen(ONE, Topologies.bridgedPairs(), 0, 1, 2, 3, 4));
        assertEquals("0 1 2 3", chosen(DeviceRequest.of(4), Topologies.bridgedPairs()));
    }

    @Test
    public void cardsComeFromTheSwitchWithFewerLeft() {
        assertEquals("7 8 9", chosen(DeviceRequest.of(3), Topologies.twoPcieSwitches(), 0, 1, 2, 3, 4, 7, 8, 9));
        assertEquals("0 1 2 3 4 5", chosen(DeviceRequest.of(6), Topologies.twoPcieSwitches()));
    }

    @Test
    public void whoDoesntCareLeavesTheGoodConnectionsToOthers() {
        assertEquals("0 5", chosen(TWO.withTopology(TopologyPolicy.ANY), Topologies.bridgedPairs(), 0, 2, 3, 5));
    }

    @Test
    public void requiredTakesConnectedDevicesOrNone() {
        DeviceRequest required = TWO.withTopology(REQUIRED);

        assertEquals("2 3", chosen(required, Topologies.bridgedPairs(), 0, 2, 3, 5));
        assertEquals("none", chosen(required, Topologies.bridgedPairs(), 0, 2, 4, 6));
        assertEquals("5 6 7 8 9", chosen(DeviceRequest.of(5).withTopology(REQUIRED), Topologies.twoPcieSwitches(), 0, 1, 2, 3, 5, 6, 7, 8, 9));
        assertEquals("none", chosen(required, Topologies.pcieInTwoNumaNodes()));
        assertEquals("0", chosen(ONE.withTopology(REQUIRED), Topologies.pcieInTwoNumaNodes()));
    }

    @Test
    public void requiredWastesMoreWhereItHasTo() {
        Inventory mixed = Topologies.mixed();

        assertEquals("4 5", chosen(TWO.withTopology(REQUIRED), mixed));
        assertEquals("0 1", chosen(TWO.withTopology(REQUIRED), mixed, 0, 1, 2, 4));
    }

    // ---- order, idleness, health

    @Test
    public void ofEqualDevicesTheLowestPciBusIdsAreTakenInTheirOrder() {
        assertEquals("1 2", chosenOf(TWO, Gpus.t4(3), Gpus.t4(2), Gpus.t4(1)));
        assertEquals("0 1", chosenOf(TWO, Gpus.h100(0), Gpus.t4(1)));
    }

    @Test
    public void onlyIdleHealthyMatchingDevicesAreTaken() {
        assertEquals("0", chosen(ONE, Gpus.inventory(Gpus.h100(0), Gpus.t4(1)), 0));
        assertEquals("2", chosenOf(ONE, Gpus.sick(Gpus.t4(0)), Gpus.inMigMode(Gpus.a100(1)), Gpus.h100(2)));
        assertEquals("none", chosenOf(TWO, Gpus.h100(0)));
        assertEquals("none", chosenOf(ONE.withModel("V100"), Gpus.h100(0)));
        assertEquals("none", chosen(ONE, Gpus.h100s(1), new int[0]));
    }

    @Test
    public void allAreAllThatMatchAndAreHealthy() {
        Inventory inventory = Gpus.inventory(Gpus.h100(0), Gpus.h100(1), Gpus.sick(Gpus.h100(2)), Gpus.t4(3));

        assertEquals("0 1", chosen(ALL.withModel("H100"), inventory));
        assertEquals("none", chosen(ALL.withModel("H100"), inventory, 0, 2, 3));
        assertEquals("none", chosen(ALL.withModel("V100"), inventory));
        assertEquals("none", chosen(ALL.withTopology(REQUIRED), Topologies.bridgedPairs()));
        assertEquals("0 1 2 3 4 5 6 7", chosen(ALL.withTopology(REQUIRED), Topologies.nvSwitch()));
        assertEquals(40, choice(ALL, Gpus.h100s(40), uuids(Gpus.h100s(40))).orElseThrow().devices().size());
    }

    // ---- MIG

    private String chosenInstances(DeviceRequest request, Inventory inventory, String... busy) {
        Set<String> idle = uuids(inventory);
        idle.removeAll(Arrays.asList(busy));
        return choice(request, inventory, idle)
                .map(choice -> String.join(" ", choice.devices().stream().map(Device::uuid).toList()))
                .orElse("none");
    }

    private static Set<String> uuids(Inventory inventory) {
        return inventory.devices().stream().map(Device::uuid).collect(Collectors.toSet());
    }

    @Test
    public void anyProfileIsTheSmallestThatSuffices() {
        Inventory inventory = Topologies.mig("3g.40gb 2g.20gb 1g.20gb 1g.10gb");
        DeviceRequest any = ONE.withMig("any");

        assertEquals("MIG-0-3", chosenInstances(any, inventory));
        assertEquals("MIG-0-2", chosenInstances(any.withMinMemory(MemorySize.parse("15 GB")), inventory));
        assertEquals("MIG-0-1", chosenInstances(any.withMinMemory(MemorySize.parse("15 GB")), inventory, "MIG-0-2"));
        assertEquals("MIG-0-0", chosenInstances(ONE.withMig("3g.40gb"), inventory));
        assertEquals("none", chosenInstances(ONE, inventory));
    }

    @Test
    public void instancesComeFromTheGpuWithFewestLeft() {
        Inventory inventory = Topologies.mig("1g.10gb 1g.10gb 1g.10gb", "1g.10gb 1g.10gb 1g.10gb");

        assertEquals("MIG-0-0", chosenInstances(ONE.withMig("1g.10gb"), inventory));
        assertEquals("MIG-1-1", chosenInstances(ONE.withMig("1g.10gb"), inventory, "MIG-1-0"));
        assertEquals("MIG-1-1 MIG-1-2", chosenInstances(TWO.withMig("1g.10gb"), inventory, "MIG-1-0"));
    }

    @Test
    public void allInstancesOfAProfileAreNoOthers() {
        assertEquals(
                "MIG-0-1 MIG-1-0",
                chosenInstances(ALL.withMig("1g.10gb"), Topologies.mig("2g.20gb 1g.10gb", "1g.10gb 3g.40gb")));
    }

    // ---- scores

    @Test
    public void nodesAreComparedByWasteThenByConnection() {
        Choice small = choice(TWO, Topologies.pcieInTwoNumaNodes(), Set.of("GPU-0", "GPU-1")).orElseThrow();
        Choice apart = choice(TWO, Topologies.pcieInTwoNumaNodes(), Set.of("GPU-0", "GPU-2")).orElseThrow();
        Choice large = choice(TWO, Topologies.nvSwitch(), Set.of("GPU-0", "GPU-2")).orElseThrow();
        Choice slower = choice(TWO, Topologies.uniform(8, "NVS4"), Set.of("GPU-0", "GPU-2")).orElseThrow();

        assertEquals(List.of(small, apart, large, slower), List.of(slower, large, apart, small).stream().sorted().toList());
        assertEquals(30, small.score().memory());
        assertTrue(small.score().worstPair() < apart.score().worstPair());
    }

    @Test
    public void whoDoesntCareForConnectionsFindsAllNodesEqual() {
        DeviceRequest any = TWO.withTopology(TopologyPolicy.ANY);
        Choice near = choice(any, Topologies.nvSwitch(), Set.of("GPU-0", "GPU-2")).orElseThrow();
        Choice far = choice(any, Topologies.uniform(4, "SYS"), Set.of("GPU-0", "GPU-2")).orElseThrow();

        assertEquals(0, near.compareTo(far));
    }
}
