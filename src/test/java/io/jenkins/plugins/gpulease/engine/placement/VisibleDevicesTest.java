package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class VisibleDevicesTest {

    private static final Device ZERO = gpu("GPU-aaaa-1111", 0, false);
    private static final Device ONE = gpu("GPU-aaaa-2222", 1, false);
    private static final Device FRAME = gpu("GPU-bbbb-3333", 2, true);
    private static final Device SLICE_A = slice("MIG-cccc-1");
    private static final Device SLICE_B = slice("MIG-GPU-bbbb-3333/2/0");
    private static final Inventory HOST = new Inventory(Inventory.Status.OK, null, List.of(ZERO, ONE, FRAME, SLICE_A, SLICE_B),
            Topology.NONE, null, null, Instant.EPOCH);

    @Test
    public void withoutVariablesAllIsVisible() {
        assertSame(HOST, VisibleDevices.of(Map.of("PATH", "/bin")).filter(HOST));
    }

    @Test
    public void cudaVisibleDevicesIsReadAsCudaReadsIt() {
        assertVisible("1", ONE);
        assertVisible("1,0", ZERO, ONE);
        assertVisible(" 0 , 1 ", ZERO, ONE);
        assertVisible("+1", ONE);
        assertVisible("0gpu", ZERO);
        assertVisible("GPU-aaaa-2222", ONE);
        assertVisible("GPU-aaaa-2", ONE);
        assertVisible("MIG-cccc-1", FRAME, SLICE_A);
        assertVisible("MIG-GPU-bbbb-3333/2/0,MIG-cccc-1", FRAME, SLICE_A, SLICE_B);
    }

    @Test
    public void aGpuInMigModeStandsForItsInstances() {
        assertVisible("2", FRAME, SLICE_A, SLICE_B);
        assertVisible("GPU-b", FRAME, SLICE_A, SLICE_B);
    }

    @Test
    public void anInvalidEntryHidesAllAfterIt() {
        assertVisible("1,7,0", ONE);
        assertVisible("0,-1,1", ZERO);
        assertVisible("0,,1", ZERO);
        assertVisible("0,99999999999,1", ZERO);
        assertVisible("GPU-aaaa-1,GPU-ffff,GPU-aaaa-2", ZERO);
        assertVisible("GPU-aaaa-1,GPU-aaaa,GPU-aaaa-2", ZERO);
        assertVisible("1,GPU-aaaa-1111", ONE);
        assertVisible("MIG-cccc-1,GPU-aaaa-1111", FRAME, SLICE_A);
    }

    @Test
    public void nothingValidHidesAll() {
        for (String value : List.of("", " ", "-1", "NoDevFiles", "none", "GPU-", "gpu-aaaa-1111", "MIG-cccc", "0,1,0")) {
            assertHidesAll("CUDA_VISIBLE_DEVICES", value);
        }
    }

    @Test
    public void whatHidesAllIsNamedInTheReason() {
        Inventory hidden = VisibleDevices.of(Map.of("CUDA_VISIBLE_DEVICES", "NoDevFiles")).filter(HOST);
        assertEquals("CUDA_VISIBLE_DEVICES='NoDevFiles' in the environment hides all 5 devices", hidden.reason());
    }

    @Test
    public void aContainersVariableRestrictsByUuid() {
        assertSeenInContainer("GPU-aaaa-2222", ONE);
        assertSeenInContainer("GPU-aaaa-2222,GPU-of-another-host", ONE);
        assertSeenInContainer("GPU-bbbb-3333", FRAME, SLICE_A, SLICE_B);
        assertHidesAll("NVIDIA_VISIBLE_DEVICES", "none");
    }

    @Test
    public void aContainersVariableWithoutKnownUuidsDoesNotRestrict() {
        for (String value : List.of("", "all", "void", "1", "0,1", "GPU-of-another-host")) {
            assertSeenInContainer(value, ZERO, ONE, FRAME, SLICE_A, SLICE_B);
        }
    }

    @Test
    public void bothVariablesRestrict() {
        Inventory left = VisibleDevices.of(
                        Map.of("NVIDIA_VISIBLE_DEVICES", "GPU-aaaa-2222", "CUDA_VISIBLE_DEVICES", "0,1"))
                .filter(HOST);
        assertEquals(List.of(ONE), left.devices());
    }

    @Test
    public void aFailedInventoryKeepsItsReason() {
        Inventory failed = Inventory.without(Inventory.Status.FAILED, "driver not loaded", Instant.EPOCH);
        assertEquals(failed, VisibleDevices.of(Map.of("CUDA_VISIBLE_DEVICES", "0")).filter(failed));
    }

    private static void assertVisible(String cuda, Device... expected) {
        assertEquals(cuda, List.of(expected),
                VisibleDevices.of(Map.of("CUDA_VISIBLE_DEVICES", cuda)).filter(HOST).devices());
    }

    private static void assertSeenInContainer(String nvidia, Device... expected) {
        assertEquals(nvidia, List.of(expected),
                VisibleDevices.of(Map.of("NVIDIA_VISIBLE_DEVICES", nvidia)).filter(HOST).devices());
    }

    private static void assertHidesAll(String variable, String value) {
        Inventory left = VisibleDevices.of(Map.of(variable, value)).filter(HOST);
        assertEquals(value, Inventory.Status.EMPTY, left.status());
        assertEquals(value, List.of(), left.devices());
    }

    private static Device gpu(String uuid, int index, boolean mig) {
        return new Device(uuid, index, "NVIDIA H100", null, null, "00000000:0" + index + ":00.0", 0, mig, null, null, Health.OK);
    }

    private static Device slice(String uuid) {
        return new Device(uuid, 2, "NVIDIA H100", null, null, FRAME.pciBusId(), 0, false, FRAME.uuid(), "1g.10gb", Health.OK);
    }
}
