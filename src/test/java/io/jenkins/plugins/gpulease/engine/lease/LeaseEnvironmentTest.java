package io.jenkins.plugins.gpulease.engine.lease;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class LeaseEnvironmentTest {

    private static final Device SMALL = gpu("GPU-1", 3, "NVIDIA A100", MemorySize.ofMib(40960), null);
    private static final Device LARGE = gpu("GPU-2", 0, "NVIDIA H100", MemorySize.ofMib(81559), null);
    private static final Device UNTOLD = gpu("GPU-3", 1, "NVIDIA GB10", null, null);
    private static final Device SLICE = gpu("MIG-GPU-4/1/0", 2, "NVIDIA A100 MIG", MemorySize.ofMib(9728), "GPU-4");

    @Test
    public void devicesAreNamedByUuid() {
        Map<String, String> variables = LeaseEnvironment.of(lease(SMALL, LARGE), false);
        assertEquals("GPU-1,GPU-2", variables.get("CUDA_VISIBLE_DEVICES"));
        assertEquals("PCI_BUS_ID", variables.get("CUDA_DEVICE_ORDER"));
        assertEquals("GPU-1,GPU-2", variables.get("NVIDIA_VISIBLE_DEVICES"));
        assertEquals("GPU-1,GPU-2", variables.get("GPU_UUIDS"));
    }

    @Test
    public void theLeaseIsDescribed() {
        Map<String, String> variables = LeaseEnvironment.of(lease(SMALL, LARGE), false);
        assertEquals("lease-7", variables.get("GPU_LEASE_ID"));
        assertEquals("agent-1", variables.get("GPU_NODE"));
        assertEquals("2", variables.get("GPU_COUNT"));
        assertEquals("3,0", variables.get("GPU_INDICES"));
        assertEquals("NVIDIA A100, NVIDIA H100", variables.get("GPU_MODEL"));
    }

    @Test
    public void memoryIsThatOfTheSmallestDevice() {
        assertEquals("40960", LeaseEnvironment.of(lease(LARGE, SMALL), false).get("GPU_MEMORY_MIB"));
    }

    @Test
    public void memoryIsEmptyIfADeviceCannotTell() {
        assertEquals("", LeaseEnvironment.of(lease(SMALL, UNTOLD), false).get("GPU_MEMORY_MIB"));
    }

    @Test
    public void cudaGetsIndicesOnRequest() {
        Map<String, String> variables = LeaseEnvironment.of(lease(SMALL, LARGE), true);
        assertEquals("3,0", variables.get("CUDA_VISIBLE_DEVICES"));
        assertEquals("GPU-1,GPU-2", variables.get("NVIDIA_VISIBLE_DEVICES"));
    }

    @Test
    public void migInstancesAreNamedByUuidEvenIfIndicesAreAskedFor() {
        assertEquals("MIG-GPU-4/1/0", LeaseEnvironment.of(lease(SLICE), true).get("CUDA_VISIBLE_DEVICES"));
    }

    @Test
    public void dockerGetsOneDeviceWithoutQuotesSoThatNoShellIsNeeded() {
        assertEquals("--gpus device=GPU-1", LeaseEnvironment.of(lease(SMALL), false).get("GPU_DOCKER_ARGS"));
    }

    @Test
    public void dockerGetsSeveralDevicesAsOneCsvField() {
        assertEquals("--gpus '\"device=GPU-1,GPU-2\"'",
                LeaseEnvironment.of(lease(SMALL, LARGE), false).get("GPU_DOCKER_ARGS"));
    }

    private static Lease sharing(String budget, Device... devices) {
        return new Lease("lease-7", "agent-1", List.of(devices), MemorySize.parse(budget), new Holder("h", "job #1"), null,
                Instant.EPOCH, Instant.EPOCH, true);
    }

    @Test
    public void whoSharesIsToldItsLimit() {
        Map<String, String> variables = LeaseEnvironment.of(sharing("6 GB", LARGE), false);
        assertEquals("5722", variables.get("GPU_MEMORY_LIMIT_MIB"));
        assertFalse(variables.containsKey("CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"));
    }

    @Test
    public void underMpsTheLimitIsEnforcedForEachVisibleDevice() {
        Map<String, String> variables = LeaseEnvironment.of(sharing("6 GiB", SMALL, LARGE), true, true);
        assertEquals("0=6144M,1=6144M", variables.get("CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"));
    }

    @Test
    public void whoHasDevicesToItselfHasNoLimit() {
        Map<String, String> variables = LeaseEnvironment.of(lease(LARGE), false, true);
        assertFalse(variables.containsKey("GPU_MEMORY_LIMIT_MIB"));
        assertFalse(variables.containsKey("CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"));
    }

    private static Lease lease(Device... devices) {
        return new Lease("lease-7", "agent-1", List.of(devices), null, new Holder("h", "job #1"), null, Instant.EPOCH,
                Instant.EPOCH);
    }

    private static Device gpu(String uuid, int index, String model, MemorySize memory, String migParent) {
        return new Device(uuid, index, model, memory, null, "00000000:0" + index + ":00.0", -1, false, migParent, null, Health.OK);
    }
}
