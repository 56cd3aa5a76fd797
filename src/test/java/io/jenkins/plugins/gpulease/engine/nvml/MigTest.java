package io.jenkins.plugins.gpulease.engine.nvml;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

public class MigTest {

    private static final String OLD_FORM = "MIG-GPU-0f3dd3ab-1234-5678-9abc-def012345678/3/0";
    private static final long NOBODY = 4_200_000;

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @Rule
    public final FakeNvml old = new FakeNvml(FakeNvml.Generation.R450);

    private FakeGpu withHoles(FakeWorld world) {
        return world.gpu("GPU-a").name("NVIDIA A100-SXM4-40GB").memoryMib(40960).capability("8.0").mig(7)
                .instance(1, "MIG-one", 7, 0, 1, 4864)
                .instance(4, "MIG-four", 3, 0, 2, 9856);
    }

    private static List<String> uuids(Inventory inventory) {
        return inventory.devices().stream().map(Device::uuid).toList();
    }

    @Test
    public void instancesAreFoundBehindHolesAndListedBehindTheirGpu() {
        withHoles(nvml.world()).pci("00000000:1b:00.0");
        nvml.world().gpu("GPU-b").pci("00000000:3b:00.0");
        assertEquals(List.of("GPU-a", "MIG-one", "MIG-four", "GPU-b"), uuids(nvml.scan()));
    }

    @Test
    public void anInstanceIsDescribed() {
        withHoles(nvml.world()).numaNode(1);
        Device instance = nvml.scan().device("MIG-four").orElseThrow();
        assertEquals("GPU-a", instance.migParent());
        assertEquals("2g.10gb", instance.migProfile());
        assertEquals("NVIDIA A100-SXM4-40GB MIG 2g.10gb", instance.model());
        assertEquals(MemorySize.ofMib(9856), instance.memory());
        assertEquals("8.0", String.valueOf(instance.computeCapability()));
        assertEquals("00000000:10:00.0", instance.pciBusId());
        assertEquals(1, instance.numaNode());
        assertTrue(instance.isLeasable());
    }

    @Test
    public void aGpuInMigModeIsOnlyAFrame() {
        withHoles(nvml.world());
        Device gpu = nvml.scan().device("GPU-a").orElseThrow();
        assertTrue(gpu.migEnabled());
        assertFalse(gpu.isLeasable());
    }

    @Test
    public void aGpuInMigModeWithoutInstancesHasNothingToLease() {
        nvml.world().gpu("GPU-a").mig(7);
        assertEquals(List.of(), nvml.scan().leasable());
    }

    @Test
    public void uuidsOfOldDriversHaveAnotherForm() {
        old.world().gpu("GPU-0f3dd3ab-1234-5678-9abc-def012345678").mig(7).instance(2, OLD_FORM, 3, 0, 1, 4864);
        Device instance = old.scan().device(OLD_FORM).orElseThrow();
        assertEquals("GPU-0f3dd3ab-1234-5678-9abc-def012345678", instance.migParent());
        assertEquals(MemorySize.ofMib(4864), instance.memory());
        assertEquals("MIG", instance.migProfile());
        assertTrue(old.read(OLD_FORM).health().isOk());
    }

    @Test
    public void theProfileIsInTheNameWhereThereAreNoAttributes() {
        withHoles(nvml.world()).migWithoutAttributes();
        assertEquals("1g.5gb", nvml.scan().device("MIG-one").orElseThrow().migProfile());
    }

    @Test
    public void anInstanceHasItsOwnMemoryAndProcessesAndTheSensorsOfItsGpu() {
        withHoles(nvml.world()).temperature(71).powerMilliwatts(250_000).throttle(0x4)
                .processInInstance(NOBODY + 1, 100, 7, 0).processInInstance(NOBODY + 2, 200, 3, 0);
        Reading reading = nvml.read("MIG-four");
        assertEquals(List.of(NOBODY + 2), reading.processes().stream().map(GpuProcess::pid).toList());
        assertEquals(MemorySize.ofMib(200), reading.memoryUsed());
        assertEquals(Integer.valueOf(71), reading.temperatureCelsius());
        assertEquals(Integer.valueOf(250_000), reading.powerMilliwatts());
        assertEquals(List.of("power cap"), reading.throttleReasons());
        assertNull(reading.utilization());
        assertTrue(reading.health().toString(), reading.health().isOk());
    }

    @Test
    public void theInstancesTellTheProcessesThatTheirGpuMayNotTell() {
        withHoles(nvml.world()).processInInstance(NOBODY + 1, 100, 7, 0).processInInstance(NOBODY + 2, 200, 3, 0);
        assertEquals(
                List.of(NOBODY + 1, NOBODY + 2),
                nvml.read("GPU-a").processes().stream().map(GpuProcess::pid).toList());
    }

    @Test
    public void rootSeesTheProcessesOfAGpuInMigMode() {
        withHoles(nvml.world()).migForRoot().processInInstance(NOBODY + 1, 100, 7, 0);
        assertEquals(1, nvml.read("GPU-a").processes().size());
        assertEquals(List.of(), nvml.calls("nvmlDeviceGetMigDeviceHandleByIndex"));
    }

    @Test
    public void noHandleSurvivesAReconfiguration() {
        withHoles(nvml.world());
        nvml.scan();
        nvml.read("MIG-one");
        nvml.world().gpu("GPU-a").noInstances().instance(0, "MIG-one", 9, 0, 1, 4864).instance(1, "MIG-new", 5, 0, 3, 19968);
        assertTrue(nvml.read("MIG-one").health().isOk());
        assertThat(nvml.read("MIG-four").health().problem(), containsString("MIG instances were reconfigured"));
        assertEquals(List.of("GPU-a", "MIG-one", "MIG-new"), uuids(nvml.scan()));
        assertEquals(List.of(), nvml.calls("STALE-HANDLE"));
    }

    @Test
    public void theFakeNoticesStaleHandles() throws Exception {
        withHoles(nvml.world());
        nvml.scan();
        Nvml library = NvmlLibrary.load(nvml.libraryPath(), NvidiaHardware.below(nvml.folder()));
        NvmlDevice instance = new HandleLookup(library, new KnownGpus()).byUuid("MIG-one").device();
        nvml.world().gpu("GPU-a").noInstances();
        nvml.world().write();
        assertNull(instance.name());
        assertEquals(1, nvml.calls("STALE-HANDLE").size());
    }

    @Test
    public void anInstanceIsFoundOverItsGpuWhenAnotherLostGpuSpoilsTheLookupByUuid() {
        nvml.world().gpu("GPU-first").index(0).lost(15);
        withHoles(nvml.world()).index(1);
        nvml.scan();
        assertTrue(nvml.read("MIG-four").health().isOk());
    }

    @Test
    public void instancesOfALostGpuAreSickToo() {
        withHoles(nvml.world());
        nvml.scan();
        nvml.world().gpu("GPU-a").lost(15);
        Inventory inventory = nvml.scan();
        assertEquals(List.of("GPU-a", "MIG-one", "MIG-four"), uuids(inventory));
        assertFalse(inventory.device("MIG-four").orElseThrow().health().isOk());
        assertThat(nvml.read("MIG-four").health().problem(), containsString("the GPU is lost"));
    }

    @Test
    public void instancesOfASickGpuAreSick() {
        withHoles(nvml.world()).eccErrors(1);
        Inventory inventory = nvml.scan();
        assertThat(inventory.device("MIG-one").orElseThrow().health().problem(), containsString("uncorrectable"));
        assertThat(nvml.read("MIG-one").health().problem(), containsString("uncorrectable"));
    }
}
