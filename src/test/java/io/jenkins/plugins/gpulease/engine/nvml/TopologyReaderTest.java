package io.jenkins.plugins.gpulease.engine.nvml;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;

public class TopologyReaderTest {

    private static final String SWITCH = "00000000:C0:00.0";

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @Rule
    public final FakeNvml old = new FakeNvml(FakeNvml.Generation.R450);

    private FakeGpu a() {
        return nvml.world().gpu("GPU-a").pci("00000000:1B:00.0");
    }

    private FakeGpu b() {
        return nvml.world().gpu("GPU-b").pci("00000000:3B:00.0");
    }

    private Link between() {
        return nvml.scan().topology().between("GPU-a", "GPU-b");
    }

    @Test
    public void theCommonAncestorOnThePciBusTellsThePath() {
        Map<Integer, Interconnect> levels = new LinkedHashMap<>();
        levels.put(0, Interconnect.SAME_BOARD);
        levels.put(10, Interconnect.PCIE_SWITCH);
        levels.put(20, Interconnect.PCIE_SWITCHES);
        levels.put(30, Interconnect.HOST_BRIDGE);
        levels.put(40, Interconnect.NUMA_NODE);
        levels.put(50, Interconnect.SYSTEM);
        b();
        levels.forEach((level, path) -> {
            a().ancestor("GPU-b", level);
            assertEquals(new Link(path, 0), between());
        });
    }

    @Test
    public void numaNodesTellThePathWhereTheDriverDoesNot() {
        a().numaNode(0);
        b().numaNode(0);
        assertEquals(Interconnect.NUMA_NODE, between().interconnect());
        b().numaNode(1);
        assertEquals(Interconnect.SYSTEM, between().interconnect());
    }

    @Test
    public void nothingKnownIsUnknown() {
        a();
        b();
        assertEquals(Link.UNKNOWN, between());
    }

    @Test
    public void directNvLinksAreCountedAndBeatThePciPath() {
        a().ancestor("GPU-b", 50).nvLinkPorts(12)
                .nvLink(0, "gpu", "00000000:3B:00.0").nvLink(5, "gpu", "00000000:3B:00.0").nvLink(7, "down", "");
        b().nvLinkPorts(12).nvLink(1, "gpu", "00000000:1B:00.0").nvLink(2, "gpu", "00000000:1B:00.0");
        assertEquals(new Link(Interconnect.NVLINK, 2), between());
    }

    @Test
    public void nvSwitchesConnectEveryPairWithTheSmallerNumberOfLinks() {
        a().nvLinkPorts(18);
        b().nvLinkPorts(18);
        for (int port = 0; port < 18; port++) {
            a().nvLink(port, "switch", SWITCH);
            b().nvLink(port, port < 16 ? "switch" : "down", SWITCH);
        }
        assertEquals(new Link(Interconnect.NVSWITCH, 16), between());
    }

    @Test
    public void portsBeyondTheNumberOfTodayAreSeen() {
        a().nvLinkPorts(72).nvLink(71, "gpu", "00000000:3B:00.0");
        b();
        assertEquals(new Link(Interconnect.NVLINK, 1), between());
    }

    @Test
    public void linksToACpuConnectNoGpus() {
        a().ancestor("GPU-b", 40).nvLinkPorts(6).nvLink(0, "npu", "00000000:04:00.0");
        b().nvLinkPorts(6).nvLink(0, "npu", "00000000:04:00.0");
        assertEquals(Interconnect.NUMA_NODE, between().interconnect());
    }

    @Test
    public void anOldDriverDoesNotTellSwitchesSoWhatSeveralGpusShareIsOne() {
        FakeWorld world = old.world();
        world.gpu("GPU-a").nvLinkPorts(12).nvLink(0, "switch", SWITCH).nvLink(1, "switch", SWITCH);
        world.gpu("GPU-b").nvLinkPorts(12).nvLink(0, "switch", SWITCH).nvLink(1, "switch", SWITCH);
        assertEquals(new Link(Interconnect.NVSWITCH, 2), old.scan().topology().between("GPU-a", "GPU-b"));
    }

    @Test
    public void gpusInMigModeHaveNoNvLinks() {
        a().ancestor("GPU-b", 10).mig(7).nvLinkPorts(12).nvLink(0, "gpu", "00000000:3B:00.0");
        b().nvLinkPorts(12);
        assertEquals(new Link(Interconnect.PCIE_SWITCH, 0), between());
    }

    @Test
    public void theMatrixIsSymmetricAndLeavesOutWhatDoesNotAnswer() {
        a().ancestor("GPU-b", 10).ancestor("GPU-c", 50);
        b().ancestor("GPU-c", 40);
        nvml.world().gpu("GPU-c").pci("00000000:5B:00.0");
        nvml.world().gpu("GPU-d").lost(15);
        Topology topology = nvml.scan().topology();
        assertEquals(List.of("GPU-a", "GPU-b", "GPU-c"), topology.uuids());
        for (String row : topology.uuids()) {
            assertEquals(Interconnect.SAME_BOARD, topology.between(row, row).interconnect());
            for (String column : topology.uuids()) {
                assertEquals(topology.between(row, column), topology.between(column, row));
            }
        }
        assertEquals(Link.UNKNOWN, topology.between("GPU-a", "GPU-d"));
    }
}
