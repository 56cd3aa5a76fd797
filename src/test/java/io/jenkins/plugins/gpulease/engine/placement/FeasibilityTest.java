package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.Test;

public class FeasibilityTest {

    private static String obstacle(DeviceRequest request, Inventory inventory) {
        return Feasibility.obstacle("agent-1", request, inventory).orElse("");
    }

    private static Inventory without(Status status) {
        return Inventory.without(status, "the reason", Gpus.SCANNED);
    }

    @Test
    public void whatTheNodeHasIsPossible() {
        assertEquals("", obstacle(DeviceRequest.of(4), Gpus.h100s(4)));
    }

    @Test
    public void sickDevicesMayRecover() {
        assertEquals("", obstacle(DeviceRequest.of(2), Gpus.inventory(Gpus.h100(0), Gpus.sick(Gpus.h100(1)))));
    }

    @Test
    public void tooManyDevicesAreNamedWithTheNodesNumber() {
        assertEquals("agent-1 has 2 GPUs, 4 GPUs asked", obstacle(DeviceRequest.of(4), Gpus.h100s(2)));
        assertEquals("agent-1 has 1 GPU, 4 GPUs asked", obstacle(DeviceRequest.of(4), Gpus.h100s(1)));
    }

    @Test
    public void theClosestComesFirst() {
        DeviceRequest request = DeviceRequest.of(1).withMinMemory(MemorySize.parse("200 GB"));

        assertEquals(
                """
                agent-1 has 3 GPUs, none of them suits: 1 GPU with at least 200 GB asked; closest:
                GPU 1 (NVIDIA H100 80GB HBM3) has 79.6 GiB, 200 GB asked
                GPU 2 (NVIDIA A100-PCIE-40GB) has 40 GiB, 200 GB asked
                GPU 0 (Tesla T4) has 15 GiB, 200 GB asked""",
                obstacle(request, Gpus.inventory(Gpus.t4(0), Gpus.h100(1), Gpus.a100(2))));
    }

    @Test
    public void fewerMismatchesAreCloserThanMoreMemory() {
        DeviceRequest request =
                DeviceRequest.of(1).withModel("T4").withMinMemory(MemorySize.parse("200 GB"));

        assertTrue(obstacle(request, Gpus.inventory(Gpus.h100(0), Gpus.t4(1))).contains("closest:\nGPU 1 (Tesla T4)"));
    }

    @Test
    public void someThatSuitAreCounted() {
        DeviceRequest request = DeviceRequest.of(2).withMinMemory(MemorySize.parse("40 GB"));

        assertEquals(
                """
                agent-1 has 2 GPUs, only 1 of them suits: 2 GPUs with at least 40 GB asked; closest:
                GPU 0 (Tesla T4) has 15 GiB, 40 GB asked""",
                obstacle(request, Gpus.inventory(Gpus.t4(0), Gpus.h100(1))));
    }

    @Test
    public void instancesOfAGpuInMigModeAreNoGpus() {
        Device frame = Gpus.inMigMode(Gpus.a100(0));

        assertEquals(
                """
                agent-1 has 1 GPU, none of them suits: 1 GPU asked; closest:
                GPU 0 (NVIDIA A100-PCIE-40GB) is in MIG mode, so it can't be leased as a whole
                MIG instance of GPU 0 (NVIDIA A100-PCIE-40GB MIG 1g.10gb) is a MIG instance, whole GPUs are asked for""",
                obstacle(DeviceRequest.of(1), Gpus.inventory(frame, Gpus.instanceOf(frame, "1g.10gb"))));
    }

    @Test
    public void migInstancesAreComparedWithMigInstances() {
        Inventory inventory = Topologies.mig("1g.10gb 2g.20gb");
        DeviceRequest small = DeviceRequest.of(1).withMig("1g.10gb");

        assertEquals("", obstacle(small, inventory));
        assertEquals("", obstacle(DeviceRequest.of(2).withMig("any"), inventory));
        assertEquals(
                """
                agent-1 has 2 MIG instances, none of them suits: 1 MIG instance with profile 3g.40gb asked; closest:
                MIG instance of GPU 0 (NVIDIA H100 80GB HBM3 MIG 2g.20gb) has profile 2g.20gb, 3g.40gb asked
                MIG instance of GPU 0 (NVIDIA H100 80GB HBM3 MIG 1g.10gb) has profile 1g.10gb, 3g.40gb asked""",
                obstacle(small.withMig("3g.40gb"), inventory));
        assertEquals(
                "agent-1 has no MIG instances, 1 MIG instance with profile 1g.10gb asked", obstacle(small, Gpus.h100s(2)));
    }

    @Test
    public void allNeedOneThatMatches() {
        DeviceRequest all = DeviceRequest.of(DeviceRequest.ALL);

        assertEquals("", obstacle(all, Gpus.h100s(1)));
        assertTrue(obstacle(all.withModel("V100"), Gpus.h100s(1)).startsWith("agent-1 has 1 GPU, none of them suits: all GPUs"));
    }

    @Test
    public void whatIsNotConnectedAsRequiredIsImpossible() {
        DeviceRequest two = DeviceRequest.of(2).withTopology(TopologyPolicy.REQUIRED);
        DeviceRequest three = DeviceRequest.of(3).withTopology(TopologyPolicy.REQUIRED);
        DeviceRequest all = DeviceRequest.of(DeviceRequest.ALL).withTopology(TopologyPolicy.REQUIRED);

        assertEquals("", obstacle(two, Topologies.bridgedPairs()));
        assertEquals("", obstacle(three, Topologies.dgx1()));
        assertEquals("", obstacle(DeviceRequest.of(5).withTopology(TopologyPolicy.REQUIRED), Topologies.twoPcieSwitches()));
        assertEquals("", obstacle(all, Topologies.nvSwitch()));
        assertEquals("", obstacle(DeviceRequest.of(1).withTopology(TopologyPolicy.REQUIRED), Topologies.pcieInTwoNumaNodes()));
        assertEquals(
                "agent-1 has 8 GPUs that suit, at most 2 of them connected so: 3 GPUs with all pairs connected by NVLink or one PCIe"
                        + " switch asked",
                obstacle(three, Topologies.bridgedPairs()));
        assertEquals(
                "agent-1 has 4 GPUs that suit, no two of them connected so: all GPUs with all pairs connected by NVLink or one PCIe"
                        + " switch asked",
                obstacle(all, Topologies.pcieInTwoNumaNodes()));
        assertEquals(
                "agent-1 has 20 GPUs that suit, at most 4 of them connected so: 5 GPUs with all pairs connected by NVLink or one PCIe"
                        + " switch asked",
                obstacle(DeviceRequest.of(5).withTopology(TopologyPolicy.REQUIRED), Topologies.blocks(20, 4, "NV4", "SYS")));
    }

    @Test
    public void aSickGpuOfUnknownConnectionsMayTurnOutWell() {
        DeviceRequest two = DeviceRequest.of(2).withTopology(TopologyPolicy.REQUIRED);

        assertEquals("", obstacle(two, Gpus.inventory(Gpus.h100(0), Gpus.sick(Gpus.h100(1)))));
        assertTrue(obstacle(two, Gpus.h100s(2)).startsWith("agent-1 has 2 GPUs that suit, no two of them connected so"));
    }

    @Test
    public void aNodeWithoutGpusSaysWhy() {
        assertEquals("agent-1 has no GPUs, 1 GPU asked: the reason", obstacle(DeviceRequest.of(1), without(Status.EMPTY)));
        assertEquals(
                "agent-1 has no GPUs, 1 GPU asked: the reason", obstacle(DeviceRequest.of(1), without(Status.NO_HARDWARE)));
    }

    @Test
    public void nobodyCanTellOfWhatCantBeRead() {
        assertEquals("", obstacle(DeviceRequest.of(1), without(Status.FAILED)));
        assertEquals(Optional.empty(), Feasibility.obstacle("agent-1", DeviceRequest.of(1), without(Status.UNKNOWN)));
    }

    @Test
    public void theMessageIsBounded() {
        Inventory large = Gpus.inventory(IntStream.range(0, 64).mapToObj(Gpus::t4).toList());
        List<String> lines = obstacle(DeviceRequest.of(1).withModel("H100"), large).lines().toList();

        assertEquals(8, lines.size());
        assertEquals("and 58 more", lines.get(7));
    }
}
