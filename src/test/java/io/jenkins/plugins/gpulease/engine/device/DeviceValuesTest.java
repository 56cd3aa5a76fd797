package io.jenkins.plugins.gpulease.engine.device;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

/** The rules of the values that describe devices. */
public class DeviceValuesTest {

    private static final Topology PAIR = new Topology(
            List.of("GPU-0", "GPU-1"),
            List.of(
                    List.of(new Link(Interconnect.SAME_BOARD, 0), new Link(Interconnect.NVLINK, 4)),
                    List.of(new Link(Interconnect.NVLINK, 4), new Link(Interconnect.SAME_BOARD, 0))));

    // ---- inventory

    @Test
    public void anInventoryHasAReasonExactlyIfItIsNotOk() {
        assertThrows(IllegalArgumentException.class, () -> inventory(Status.OK, "why", List.of(Gpus.h100(0))));
        assertThrows(IllegalArgumentException.class, () -> inventory(Status.FAILED, null, List.of()));
        assertEquals("why", Inventory.without(Status.FAILED, "why", Gpus.SCANNED).reason());
    }

    @Test
    public void onlyAnInventoryThatIsOkHasDevices() {
        assertThrows(IllegalArgumentException.class, () -> inventory(Status.FAILED, "why", List.of(Gpus.h100(0))));
    }

    private static Inventory inventory(Status status, String reason, List<Device> devices) {
        return new Inventory(status, reason, devices, Topology.NONE, null, null, Gpus.SCANNED);
    }

    @Test
    public void anInventoryDoesNotChangeWithTheListItWasMadeOf() {
        List<Device> devices = new ArrayList<>(List.of(Gpus.h100(0)));
        Inventory inventory = Gpus.inventory(devices);
        devices.clear();

        assertEquals(1, inventory.devices().size());
    }

    @Test
    public void devicesAreFoundByUuid() {
        assertEquals(1, Gpus.h100s(2).device("GPU-1").orElseThrow().index());
        assertTrue(Gpus.h100s(2).device("GPU-2").isEmpty());
    }

    @Test
    public void leavingOutAllDevicesMakesAnInventoryEmptyAndSaysWhy() {
        Inventory left = Gpus.h100s(2).withDevices(List.of());

        assertEquals(Status.EMPTY, left.status());
        assertEquals("All devices are left out by configuration", left.reason());
        assertEquals(Status.OK, Gpus.h100s(2).withDevices(List.of(Gpus.h100(1))).status());
    }

    @Test
    public void aGpuInMigModeIsOnlyTheFrameOfItsInstances() {
        Device frame = Gpus.inMigMode(Gpus.a100(0));
        Device instance = Gpus.instanceOf(frame, "1g.10gb");

        assertEquals(List.of(instance), Gpus.inventory(frame, instance).leasable());
        assertTrue(instance.isMigInstance());
        assertFalse(frame.isMigInstance());
    }

    // ---- device, health, verdict, link, topology

    @Test
    public void aDeviceNeedsAUuidAndAnIndex() {
        Device any = Gpus.h100(0);
        assertThrows(IllegalArgumentException.class, () -> device(" ", 0, any));
        assertThrows(IllegalArgumentException.class, () -> device("GPU-1", -1, any));
    }

    private static Device device(String uuid, int index, Device like) {
        return new Device(uuid, index, like.model(), like.memory(), like.computeCapability(), like.pciBusId(), -1, false,
                null, null, like.health());
    }

    @Test
    public void healthIsOkOrHasAProblem() {
        assertTrue(Gpus.h100(0).health().isOk());
        assertEquals("fell off the bus", Gpus.sick(Gpus.h100(0)).health().toString());
        assertNull(Health.OK.problem());
    }

    @Test
    public void aVerdictHasAReasonExactlyIfTheDeviceIsNotClean() {
        assertThrows(IllegalArgumentException.class, () -> new Verdict(Verdict.Condition.CLEAN, "why", List.of()));
        assertThrows(IllegalArgumentException.class, () -> Verdict.sick(null));
        assertTrue(Verdict.CLEAN.isClean());
        assertFalse(Verdict.occupied("used by pid 7", List.of()).isClean());
    }

    @Test
    public void aTopologyIsASquare() {
        assertThrows(IllegalArgumentException.class, () -> new Topology(List.of("GPU-0"), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Topology(List.of("GPU-0"), List.of(List.of())));
        assertEquals("NV4", PAIR.between("GPU-0", "GPU-1").toString());
        assertEquals(Link.UNKNOWN, PAIR.between("GPU-0", "GPU-9"));
    }

    @Test
    public void anErrorOfAProgramDoesNotMakeADeviceSick() {
        assertFalse(new XidEvent("GPU-0", 31, Gpus.SCANNED).makesDeviceSick());
        assertTrue(new XidEvent("GPU-0", 79, Gpus.SCANNED).makesDeviceSick());
    }

    @Test
    public void aProcessIsNamedAsFarAsItIsKnown() {
        assertEquals("pid 7", new GpuProcess(7, null, null, GpuProcess.Kind.COMPUTE).toString());
        assertEquals(
                "pid 7 (python) with 12 GiB",
                new GpuProcess(7, "python", MemorySize.parse("12 GiB"), GpuProcess.Kind.COMPUTE).toString());
    }

    // ---- travel

    @Test
    public void allValuesTravel() throws Exception {
        GpuProcess process = new GpuProcess(7, "python", MemorySize.ofMib(10), GpuProcess.Kind.MPS);
        Device device = Gpus.sick(Gpus.h100(0));
        List<Object> values = List.of(
                new Inventory(Status.OK, null, List.of(device, Gpus.gpu(1, "?", null, null)), PAIR,
                        DottedVersion.parse("550.54"), DottedVersion.parse("12.4"), Gpus.SCANNED),
                Inventory.without(Status.NO_HARDWARE, "why", Gpus.SCANNED),
                new Reading("GPU-0", Gpus.SCANNED, MemorySize.ZERO, null, true, 50, null, 60, 300_000,
                        List.of("power cap"), List.of(process), Health.OK),
                Reading.failed("GPU-0", Gpus.SCANNED, "lost"),
                Verdict.occupied("used by pid 7", List.of(process)),
                Verdict.CLEAN,
                new XidEvent("GPU-0", 79, Gpus.SCANNED));

        for (Object value : values) {
            assertEquals(value, sentOver(value));
        }
    }

    private static Object sentOver(Object value) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}
