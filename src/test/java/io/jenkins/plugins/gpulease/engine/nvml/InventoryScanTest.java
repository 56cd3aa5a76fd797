package io.jenkins.plugins.gpulease.engine.nvml;

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
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

public class InventoryScanTest {

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    private NvmlSource source;

    @Before
    public void open() {
        source = new NvmlSource(nvml.libraryPath());
    }

    @After
    public void close() {
        source.close();
    }

    private Inventory scan() {
        nvml.world().write();
        return source.scan();
    }

    private static List<String> uuids(Inventory inventory) {
        return inventory.devices().stream().map(Device::uuid).toList();
    }

    @Test
    public void aGpuIsDescribedCompletely() {
        nvml.world().driver("535.104.05").cuda(12020);
        nvml.world().gpu("GPU-a").pci("00000000:1B:00.0").numaNode(1);
        Inventory inventory = scan();
        Device gpu = inventory.devices().get(0);
        assertEquals(Status.OK, inventory.status());
        assertEquals(DottedVersion.parse("535.104.05"), inventory.driverVersion());
        assertEquals(DottedVersion.parse("12.2"), inventory.cudaVersion());
        assertEquals("GPU-a", gpu.uuid());
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
    public void devicesAreInTheOrderOfTheirPciBusIds() {
        nvml.world().gpu("GPU-c").index(0).pci("00000000:9b:00.0");
        nvml.world().gpu("GPU-a").index(1).pci("00000000:1b:00.0");
        nvml.world().gpu("GPU-b").index(2).pci("00000000:0b:00.0");
        Inventory inventory = scan();
        assertEquals(List.of("GPU-b", "GPU-a", "GPU-c"), uuids(inventory));
        assertEquals(List.of(2, 1, 0), inventory.devices().stream().map(Device::index).toList());
    }
}
