package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class ExcludedDevicesTest {

    private static final Device H100 = gpu("GPU-h100", 0, "NVIDIA H100 80GB HBM3", "00000000:1b:00.0");
    private static final Device T4 = gpu("GPU-t4", 1, "Tesla T4", "00000001:3d:00.0");
    private static final Device A100 = gpu("GPU-a100", 2, "NVIDIA A100-SXM4-40GB", "00000000:5e:00.0");
    private static final Device INSTANCE = new Device("MIG-1", 2, "NVIDIA A100-SXM4-40GB MIG 1g.5gb", MemorySize.ofMib(4864),
            null, "00000000:5e:00.0", 0, false, "GPU-a100", "1g.5gb", Health.OK);

    private static Device gpu(String uuid, int index, String model, String pci) {
        return new Device(uuid, index, model, MemorySize.ofMib(16_384), null, pci, 0, false, null, null, Health.OK);
    }

    private static List<String> left(String patterns) {
        Inventory all = new Inventory(Inventory.Status.OK, null, List.of(H100, T4, A100, INSTANCE), Topology.NONE, null, null,
                Instant.EPOCH);
        return ExcludedDevices.parse(patterns).filter(all).devices().stream().map(Device::uuid).toList();
    }

    @Test
    public void nothingIsLeftOutUnlessSaid() {
        List<String> all = List.of("GPU-h100", "GPU-t4", "GPU-a100", "MIG-1");
        assertEquals(all, left(null));
        assertEquals(all, left("\n  \n# GPU-t4\n"));
    }

    @Test
    public void aGpuIsLeftOutByUuidIndexOrModel() {
        List<String> others = List.of("GPU-h100", "GPU-a100", "MIG-1");
        assertEquals(others, left("GPU-t4"));
        assertEquals(others, left(" 1 "));
        assertEquals(others, left("model:tesla|quadro"));
        assertEquals(others, left("Model: ^Tesla T\\d$"));
    }

    @Test
    public void aPciBusIdMayBeWrittenWithEightFourOrNoDigitsOfItsDomain() {
        List<String> withoutH100 = List.of("GPU-t4", "GPU-a100", "MIG-1");
        assertEquals(withoutH100, left("00000000:1B:00.0"));
        assertEquals(withoutH100, left("0000:1b:00.0"));
        assertEquals(withoutH100, left("1b:00.0"));
        assertEquals(List.of("GPU-h100", "GPU-a100", "MIG-1"), left("0001:3d:00.0"));
        assertEquals("another domain", 4, left("3d:00.0").size());
    }

    @Test
    public void aGpuTakesItsInstancesWithItButAnInstanceGoesAlone() {
        assertEquals(List.of("GPU-h100", "GPU-t4"), left("GPU-a100"));
        assertEquals(List.of("GPU-h100", "GPU-t4"), left("2"));
        assertEquals(List.of("GPU-h100", "GPU-t4", "GPU-a100"), left("MIG-1"));
    }

    @Test
    public void patternsAddUp() {
        assertEquals(List.of("GPU-h100"), left("1\r\nGPU-a100"));
    }

    @Test
    public void aLineThatIsNoPatternIsNamedWithTheRightForms() {
        for (String line : List.of("H100", "-1", "GPU-", "gpu 0", "0,1", "1b:00", "99999", "model:(")) {
            IllegalArgumentException e =
                    assertThrows(line, IllegalArgumentException.class, () -> ExcludedDevices.parse("0\n" + line));
            assertThat(e.getMessage(), containsString("'" + line + "'"));
            assertThat(e.getMessage(), containsString("model:T4|P4"));
        }
    }

    @Test
    public void withoutAnyDeviceLeftTheInventorySaysWhy() {
        Inventory one = new Inventory(Inventory.Status.OK, null, List.of(T4), Topology.NONE, null, null, Instant.EPOCH);
        Inventory left = ExcludedDevices.parse("0\n1").filter(one);
        assertEquals(Inventory.Status.EMPTY, left.status());
        assertThat(left.reason(), containsString("left out by configuration"));
    }
}
