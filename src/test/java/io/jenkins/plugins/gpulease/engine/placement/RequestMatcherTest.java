package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.List;
import java.util.Set;
import org.junit.Test;

public class RequestMatcherTest {

    private static final DeviceRequest ANY = DeviceRequest.of(1);
    private static final Device MUTE = Gpus.gpu(7, "NVIDIA Thor", null, null);

    private static List<String> mismatches(DeviceRequest request, Device device) {
        return new RequestMatcher(request, Gpus.inventory(device)).mismatches(device);
    }

    private static DeviceRequest memory(String amount) {
        return ANY.withMinMemory(MemorySize.parse(amount));
    }

    private static DeviceRequest capability(String least) {
        return ANY.withMinComputeCapability(ComputeCapability.parse(least));
    }

    @Test
    public void anyGpuMatchesARequestWithoutWishes() {
        assertEquals(List.of(), mismatches(ANY, Gpus.t4(0)));
        assertEquals(List.of(), mismatches(ANY, MUTE));
    }

    @Test
    public void memoryIsCompared() {
        assertEquals(List.of(), mismatches(memory("80 GB"), Gpus.h100(0)));
        assertEquals(List.of(), mismatches(memory("15 GiB"), Gpus.t4(0)));
        assertEquals(List.of("has 15 GiB, 40 GB asked"), mismatches(memory("40 GB"), Gpus.t4(0)));
        assertEquals(List.of("has 79.6 GiB, 80 GiB asked"), mismatches(memory("80 GiB"), Gpus.h100(0)));
    }

    @Test
    public void whatADeviceDoesntTellIsHeldAgainstItUnlessItIsSick() {
        assertEquals(List.of("doesn't tell its memory, 16 GB asked"), mismatches(memory("16 GB"), MUTE));
        assertEquals(List.of("doesn't tell its compute capability, 8.0 asked"), mismatches(capability("8.0"), MUTE));
        assertEquals(List.of(), mismatches(memory("16 GB"), Gpus.sick(MUTE)));
        assertEquals(List.of(), mismatches(capability("8.0"), Gpus.sick(MUTE)));
    }

    @Test
    public void modelsAreSearchedIgnoringCase() {
        assertEquals(List.of(), mismatches(ANY.withModel("h100|a100"), Gpus.h100(0)));
        assertEquals(List.of(), mismatches(ANY.withModel("^NVIDIA .*80GB"), Gpus.h100(0)));
        assertEquals(List.of("is no model 'A100'"), mismatches(ANY.withModel("A100"), Gpus.h100(0)));
    }

    @Test(timeout = 5_000)
    public void anExpressionThatNeedsForEverCountsAsNotFound() {
        assertEquals(1, mismatches(ANY.withModel("(.*.*)*(.*.*)*x"), Gpus.h100(0)).size());
    }

    @Test
    public void computeCapabilityIsCompared() {
        assertEquals(List.of(), mismatches(capability("8.0"), Gpus.a100(0)));
        assertEquals(List.of(), mismatches(capability("8.0"), Gpus.h100(0)));
        assertEquals(List.of("has compute capability 7.5, 8.0 asked"), mismatches(capability("8.0"), Gpus.t4(0)));
        assertEquals(
                List.of("has compute capability 9.0, 12.0 asked"), mismatches(capability("12.0"), Gpus.h100(0)));
    }

    @Test
    public void driverAndCudaAreCompared() {
        DeviceRequest old = ANY.withMinDriver(DottedVersion.parse("550.54")).withCuda(DottedVersion.parse("12.4"));
        DeviceRequest recent = ANY.withMinDriver(DottedVersion.parse("560")).withCuda(DottedVersion.parse("12.10"));

        assertEquals(List.of(), mismatches(old, Gpus.t4(0)));
        assertEquals(
                List.of("has driver 550.54.15, 560 asked", "has CUDA 12.4, 12.10 asked"),
                mismatches(recent, Gpus.t4(0)));
    }

    @Test
    public void anUnknownDriverDoesNotSuffice() {
        Device device = Gpus.t4(0);
        Inventory inventory = new Inventory(
                Inventory.Status.OK, null, List.of(device), Topology.NONE, null, null, Gpus.SCANNED);

        assertEquals(
                List.of("has an unknown driver version, 535 asked"),
                new RequestMatcher(ANY.withMinDriver(DottedVersion.parse("535")), inventory).mismatches(device));
    }

    @Test
    public void onlyWholeGpusMatch() {
        Device frame = Gpus.inMigMode(Gpus.a100(0));

        assertEquals(List.of("is in MIG mode, so it can't be leased as a whole"), mismatches(ANY, frame));
        assertEquals(
                List.of("is a MIG instance, whole GPUs are asked for"),
                mismatches(ANY, Gpus.instanceOf(frame, "1g.10gb")));
    }

    @Test
    public void instancesMatchByProfile() {
        Device frame = Gpus.inMigMode(Gpus.a100(0));
        Device instance = Gpus.instanceOf(frame, "1g.10gb");

        assertEquals(List.of(), mismatches(ANY.withMig("1g.10gb"), instance));
        assertEquals(List.of(), mismatches(ANY.withMig("any"), instance));
        assertEquals(List.of("has profile 1g.10gb, 2g.20gb asked"), mismatches(ANY.withMig("2g.20gb"), instance));
        assertEquals(List.of("is a whole GPU, MIG instances are asked for"), mismatches(ANY.withMig("any"), Gpus.t4(0)));
        assertEquals(List.of("is in MIG mode, so only its instances can be leased"), mismatches(ANY.withMig("any"), frame));
    }

    @Test
    public void everyReasonIsNamed() {
        DeviceRequest request = memory("40 GB")
                .withModel("H100")
                .withMinComputeCapability(ComputeCapability.parse("9.0"));

        assertEquals(3, mismatches(request, Gpus.t4(0)).size());
        assertFalse(new RequestMatcher(request, Gpus.inventory(Gpus.t4(0))).matches(Gpus.t4(0)));
        assertTrue(new RequestMatcher(request, Gpus.h100s(1)).matches(Gpus.h100(0)));
    }

    @Test
    public void matchingDevicesAreListed() {
        Inventory inventory = Gpus.inventory(Gpus.t4(0), Gpus.h100(1), Gpus.a100(2));

        assertEquals(Set.of("GPU-1", "GPU-2"), new RequestMatcher(memory("40 GB"), inventory).matching());
    }
}
