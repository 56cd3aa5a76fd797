package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.Test;

public class ReportedInventoryTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static Device device(String uuid, String model, Health health) {
        return new Device(uuid, 0, model, MemorySize.ofMib(81_559), null, "00000000:1b:00.0", 0, false, null, null, health);
    }

    private static Device device(String uuid) {
        return device(uuid, "NVIDIA H100", Health.OK);
    }

    private static Inventory ok(Topology topology, Device... devices) {
        return new Inventory(Inventory.Status.OK, null, List.of(devices), topology, null, null, Instant.MAX);
    }

    private static Inventory accept(Device... devices) {
        return ReportedInventory.accept(ok(Topology.NONE, devices), NOW);
    }

    private static Topology pair(String one, String other, Link link) {
        Link self = new Link(Interconnect.SAME_BOARD, 0);
        return new Topology(List.of(one, other), List.of(List.of(self, link), List.of(link, self)));
    }

    @Test
    public void anHonestInventoryStaysAsItIsButForItsTime() {
        Topology topology = pair("GPU-1", "MIG-GPU-2/3/0", new Link(Interconnect.NVLINK, 12));
        Inventory reported = ok(topology, device("GPU-1"), device("MIG-GPU-2/3/0"));

        Inventory accepted = ReportedInventory.accept(reported, NOW);

        assertEquals(reported.devices(), accepted.devices());
        assertEquals(topology, accepted.topology());
        assertEquals(NOW, accepted.takenAt());
    }

    @Test
    public void nothingIsAFailure() {
        assertEquals(Inventory.Status.FAILED, ReportedInventory.accept(null, NOW).status());
    }

    @Test
    public void moreDevicesThanAnyHostHasAreAFailure() {
        Device[] devices = IntStream.rangeClosed(0, ReportedInventory.MAX_DEVICES)
                .mapToObj(i -> device("GPU-" + i)).toArray(Device[]::new);
        Inventory accepted = accept(devices);
        assertEquals(Inventory.Status.FAILED, accepted.status());
        assertThat(accepted.reason(), containsString("257 devices"));
    }

    @Test
    public void devicesWithOtherCharactersInTheirUuidAreDropped() {
        for (String hostile : List.of("GPU-1,GPU-2", "GPU 1", "$(reboot)", "GPU-1\nGPU-2", "../../x", "G".repeat(121), "GPÜ")) {
            assertEquals(hostile, List.of(device("GPU-9")), accept(device(hostile), device("GPU-9")).devices());
            assertEquals(hostile, Inventory.Status.FAILED, accept(device(hostile)).status());
        }
    }

    @Test
    public void aDeviceThatIsReportedTwiceCountsOnce() {
        assertEquals(1, accept(device("GPU-1"), device("GPU-1", "another", Health.OK)).devices().size());
    }

    @Test
    public void aModelIsShortAndPrintable() {
        assertEquals("a b", model("a\nb"));
        assertEquals("[31mred", model("\u001b[31mred"));
        assertEquals("gpj.exe", model("\u202egpj.exe"));
        assertEquals("unknown", model("\u0000\u0007"));
        assertEquals("unknown", model(null));
        assertEquals(96, model("x".repeat(10_000)).length());
        assertEquals("markup is for views to escape", "<b>", model("<b>"));
    }

    private static String model(String reported) {
        return accept(device("GPU-1", reported, Health.OK)).devices().get(0).model();
    }

    @Test
    public void aReasonIsBounded() {
        Inventory failed = Inventory.without(Inventory.Status.FAILED, "x\r\n".repeat(100_000), NOW);
        String reason = ReportedInventory.accept(failed, NOW).reason();
        assertThat(reason.length(), lessThanOrEqualTo(500));
        assertFalse(reason.contains("\n"));
    }

    @Test
    public void aDeviceWithoutHealthIsSick() {
        assertFalse(accept(device("GPU-1", "H100", null)).devices().get(0).health().isOk());
    }

    @Test
    public void whatDoesNotLookLikeAPciBusIdOrAProfileIsDropped() {
        Device hostile = new Device("MIG-1", Integer.MAX_VALUE, "x", null, null, "<script>", 1 << 30, false, "GPU-1",
                "1g.5gb;rm", Health.OK);
        Device accepted = accept(hostile).devices().get(0);
        assertEquals("unknown", accepted.pciBusId());
        assertNull(accepted.migProfile());
        assertEquals(9_999, accepted.index());
        assertEquals(-1, accepted.numaNode());
    }

    @Test
    public void aTopologyOfOtherDevicesIsDropped() {
        Topology other = pair("GPU-1", "GPU-666", new Link(Interconnect.NVLINK, 18));
        assertEquals(Topology.NONE, ReportedInventory.accept(ok(other, device("GPU-1")), NOW).topology());
    }

    @Test
    public void aTopologyThatNamesADeviceTwiceIsDropped() {
        Topology twice = pair("GPU-1", "GPU-1", new Link(Interconnect.NVLINK, 18));
        assertEquals(Topology.NONE, ReportedInventory.accept(ok(twice, device("GPU-1"), device("GPU-2")), NOW).topology());
    }

    @Test
    public void linksAreBounded() {
        Topology wild = pair("GPU-1", "GPU-2", new Link(null, Integer.MAX_VALUE));
        Link link = ReportedInventory.accept(ok(wild, device("GPU-1"), device("GPU-2")), NOW).topology().between("GPU-1", "GPU-2");
        assertEquals(new Link(Interconnect.UNKNOWN, 64), link);
    }
}
