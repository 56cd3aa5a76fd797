package io.jenkins.plugins.gpulease.engine.nvml;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

public class InventoryScanTest {

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    private static List<String> uuids(Inventory inventory) {
        return inventory.devices().stream().map(Device::uuid).toList();
    }

    private static Device device(Inventory inventory, String uuid) {
        return inventory.device(uuid).orElseThrow(() -> new AssertionError("No " + uuid + " in " + uuids(inventory)));
    }

    private void threeGpus() {
        nvml.world().gpu("GPU-a").index(2).pci("00000000:1B:00.0");
        nvml.world().gpu("GPU-b").index(0).pci("00000000:3B:00.0");
        nvml.world().gpu("GPU-c").index(1).pci("00000000:0B:00.0");
    }

    @Test
    public void aGpuIsDescribedCompletely() {
        nvml.world().driver("535.104.05").cuda(12020);
        nvml.world().gpu("GPU-a").pci("00000000:1B:00.0").numaNode(1);
        Inventory inventory = nvml.scan();
        assertEquals(Status.OK, inventory.status());
        assertEquals(DottedVersion.parse("535.104.05"), inventory.driverVersion());
        assertEquals(DottedVersion.parse("12.2"), inventory.cudaVersion());
        Device gpu = inventory.devices().get(0);
        assertEquals("NVIDIA H100 80GB HBM3", gpu.model());
        assertEquals(MemorySize.ofMib(81559), gpu.memory());
        assertEquals(new ComputeCapability(9, 0), gpu.computeCapability());
        assertEquals("00000000:1b:00.0", gpu.pciBusId());
        assertEquals(1, gpu.numaNode());
        assertTrue(gpu.health().isOk());
        assertFalse(gpu.migEnabled());
        assertNull(gpu.migParent());
    }

    @Test
    public void devicesAreInTheOrderOfTheirPciBusIdsWithTheirIndices() {
        threeGpus();
        Inventory inventory = nvml.scan();
        assertEquals(List.of("GPU-c", "GPU-a", "GPU-b"), uuids(inventory));
        assertEquals(List.of(1, 2, 0), inventory.devices().stream().map(Device::index).toList());
    }

    @Test
    public void indicesMayChangeBetweenScans() {
        threeGpus();
        nvml.scan();
        nvml.world().gpu("GPU-a").index(0);
        nvml.world().gpu("GPU-b").index(2);
        Inventory inventory = nvml.scan();
        assertEquals(List.of("GPU-c", "GPU-a", "GPU-b"), uuids(inventory));
        assertEquals(List.of(1, 0, 2), inventory.devices().stream().map(Device::index).toList());
        assertTrue(inventory.devices().stream().allMatch(device -> device.health().isOk()));
    }

    @Test
    public void noGpuIsEmptyAndSaysWhatToCheck() {
        nvml.world().driver("550.54.15");
        Inventory inventory = nvml.scan();
        assertEquals(Status.EMPTY, inventory.status());
        assertThat(inventory.reason(), containsString("docker run --gpus all"));
        assertEquals(DottedVersion.parse("550.54.15"), inventory.driverVersion());
    }

    @Test
    public void aGpuThatIsLostFromTheStartDoesNotHideTheOthers() {
        threeGpus();
        nvml.world().gpu("GPU-b").lost(15);
        Inventory inventory = nvml.scan();
        assertEquals(List.of("GPU-c", "GPU-a", "unreadable-0"), uuids(inventory));
        assertThat(device(inventory, "unreadable-0").health().problem(), containsString("the GPU is lost (NVML code 15)"));
        assertTrue(device(inventory, "GPU-a").health().isOk());
    }

    @Test
    public void aGpuThatTheUserMayNotUseSaysWhichPermissionIsMissing() {
        threeGpus();
        nvml.world().gpu("GPU-b").fail("handle", 4);
        assertThat(device(nvml.scan(), "unreadable-0").health().problem(), containsString("/dev/nvidia<N>"));
    }

    @Test
    public void aGpuThatGetsLostKeepsItsIdentityAndIsSick() {
        for (int code : new int[] {15, 999}) {
            threeGpus();
            nvml.world().gpu("GPU-b").back();
            nvml.scan();
            nvml.world().gpu("GPU-b").lost(code);
            Inventory inventory = nvml.scan();
            assertEquals(List.of("GPU-c", "GPU-a", "GPU-b"), uuids(inventory));
            Device lost = device(inventory, "GPU-b");
            assertThat(lost.health().problem(), containsString("NVML code " + code));
            assertEquals(MemorySize.ofMib(81559), lost.memory());
            assertTrue(device(inventory, "GPU-c").health().isOk());
        }
    }

    @Test
    public void aLostGpuStaysKnownOverManyScansAndComesBack() {
        threeGpus();
        nvml.scan();
        nvml.world().gpu("GPU-c").lost(15);
        nvml.scan();
        nvml.scan();
        assertFalse(device(nvml.scan(), "GPU-c").health().isOk());
        nvml.world().gpu("GPU-c").back();
        assertTrue(device(nvml.scan(), "GPU-c").health().isOk());
    }

    @Test
    public void twoLostGpusAreNotMixedUp() {
        threeGpus();
        nvml.scan();
        nvml.world().gpu("GPU-a").lost(15);
        nvml.world().gpu("GPU-b").lost(999);
        Inventory inventory = nvml.scan();
        assertEquals(List.of("GPU-c", "GPU-a", "GPU-b"), uuids(inventory));
        assertThat(device(inventory, "GPU-a").health().problem(), containsString("code 15"));
        assertThat(device(inventory, "GPU-b").health().problem(), containsString("code 999"));
    }

    @Test
    public void aGpuThatWasTakenOutIsForgotten() {
        threeGpus();
        nvml.scan();
        nvml.world().remove("GPU-a");
        nvml.world().gpu("GPU-b").index(0);
        nvml.world().gpu("GPU-c").index(1);
        assertEquals(List.of("GPU-c", "GPU-b"), uuids(nvml.scan()));
    }

    @Test
    public void anotherGpuInTheSameSlotReplacesTheOldOne() {
        nvml.world().gpu("GPU-old").index(0).pci("00000000:1b:00.0");
        nvml.scan();
        nvml.world().remove("GPU-old").gpu("GPU-new").index(0).pci("00000000:1b:00.0");
        assertEquals(List.of("GPU-new"), uuids(nvml.scan()));
    }

    @Test
    public void aGpuIsSickThatGetsLostBetweenTwoCalls() {
        for (String function : List.of("nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetName", "nvmlDeviceGetMigMode",
                "nvmlDeviceGetTotalEccErrors", "nvmlDeviceGetRemappedRows")) {
            threeGpus();
            nvml.world().gpu("GPU-b").back().fail(function, 15);
            Inventory inventory = nvml.scan();
            assertEquals(function, List.of("GPU-c", "GPU-a", "GPU-b"), uuids(inventory));
            assertFalse(function, device(inventory, "GPU-b").health().isOk());
            assertTrue(function, device(inventory, "GPU-a").health().isOk());
        }
    }

    @Test
    public void aGpuThatNoLongerTellsItsUuidIsKnownByItsPciBusId() {
        threeGpus();
        nvml.scan();
        nvml.world().gpu("GPU-a").fail("nvmlDeviceGetUUID", 15);
        Inventory inventory = nvml.scan();
        assertEquals(List.of("GPU-c", "GPU-a", "GPU-b"), uuids(inventory));
        assertThat(device(inventory, "GPU-a").health().problem(), containsString("the GPU is lost"));
    }

    @Test
    public void aUuidThatCouldHarmAnEnvironmentDoesNotPass() {
        threeGpus();
        nvml.world().gpu("GPU-a").claimsUuid("GPU-1,GPU-2;$(reboot)");
        Inventory inventory = nvml.scan();
        assertEquals(List.of("GPU-c", "unreadable-2", "GPU-b"), uuids(inventory));
        assertThat(device(inventory, "unreadable-2").health().problem(), containsString("UUID"));
    }

    @Test
    public void twoGpusWithOneUuidAreNotBothLeased() {
        threeGpus();
        nvml.world().gpu("GPU-a").claimsUuid("GPU-b");
        Inventory inventory = nvml.scan();
        assertEquals(List.of("GPU-c", "unreadable-2", "GPU-b"), uuids(inventory));
        assertThat(device(inventory, "unreadable-2").health().problem(), containsString("another GPU's"));
    }

    @Test
    public void anIntegratedGpuHasUnknownMemory() {
        nvml.world().gpu("GPU-a").name("NVIDIA GB10").withoutMemory();
        Device gpu = nvml.scan().devices().get(0);
        assertNull(gpu.memory());
        assertTrue(gpu.health().isOk());
    }

    @Test
    public void whatTheDriverCannotTellIsUnknown() {
        nvml.world().gpu("GPU-a").without("capability").fail("nvmlDeviceGetName", 3).fail("nvmlDeviceGetPciInfo_v3", 3);
        Device gpu = nvml.scan().devices().get(0);
        assertEquals("unknown NVIDIA GPU", gpu.model());
        assertNull(gpu.computeCapability());
        assertEquals("unknown", gpu.pciBusId());
        assertEquals(-1, gpu.numaNode());
    }

    @Test
    public void theNumaNodeIsTheKernelsWhereNvmlDoesNotTell() throws IOException {
        nvml.world().gpu("GPU-a").pci("00000000:1B:00.0");
        nvml.world().gpu("GPU-b").pci("00010000:3B:00.0");
        numaNode("0000:1b:00.0", "1\n");
        numaNode("10000:3b:00.0", "-1\n");
        Inventory inventory = nvml.scan();
        assertEquals(1, device(inventory, "GPU-a").numaNode());
        assertEquals(-1, device(inventory, "GPU-b").numaNode());
    }

    private void numaNode(String pci, String content) throws IOException {
        Path folder = Files.createDirectories(nvml.folder().resolve("sysfs").resolve(pci));
        Files.writeString(folder.resolve("numa_node"), content);
    }

    @Test
    public void noMoreThan64GpusAreLookedAt() {
        for (int i = 0; i < 70; i++) {
            nvml.world().gpu("GPU-" + i);
        }
        assertEquals(64, nvml.scan().devices().size());
    }

    @Test
    public void gpusThatCannotBeCountedAreAFailureThatIsGoneWhenTheDriverRecovers() {
        nvml.world().fail("nvmlDeviceGetCount_v2", 999).gpu("GPU-a");
        Inventory failed = nvml.scan();
        assertEquals(Status.FAILED, failed.status());
        assertThat(failed.reason(), containsString("can't be counted"));
        nvml.world().healHost();
        assertEquals(Status.OK, nvml.scan().status());
    }
}
