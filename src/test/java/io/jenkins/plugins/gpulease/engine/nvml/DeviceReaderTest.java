package io.jenkins.plugins.gpulease.engine.nvml;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

public class DeviceReaderTest {

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @Rule
    public final FakeNvml old = new FakeNvml(FakeNvml.Generation.R470);

    private FakeGpu gpu() {
        return nvml.world().gpu("GPU-a");
    }

    private String problem() {
        String problem = nvml.read("GPU-a").health().problem();
        return problem == null ? "none" : problem;
    }

    @Test
    public void aReadingHasEverythingThatNvmlTells() {
        gpu().memoryMib(1000).reservedMib(100).process(4_000_001, 300).utilization(87, 41).temperature(66).powerMilliwatts(412_345);
        Reading reading = nvml.read("GPU-a");
        assertEquals(MemorySize.ofMib(300), reading.memoryUsed());
        assertEquals(MemorySize.ofMib(600), reading.memoryFree());
        assertFalse(reading.usedIncludesReserve());
        assertEquals(Integer.valueOf(87), reading.utilization());
        assertEquals(Integer.valueOf(41), reading.memoryUtilization());
        assertEquals(Integer.valueOf(66), reading.temperatureCelsius());
        assertEquals(Integer.valueOf(412_345), reading.powerMilliwatts());
        assertEquals(List.of(), reading.throttleReasons());
        assertTrue(reading.health().isOk());
    }

    @Test
    public void usedMemoryOfAnOldDriverIncludesWhatTheDriverReserves() {
        old.world().gpu("GPU-a").memoryMib(1000).reservedMib(100).process(4_000_001, 300);
        Reading reading = old.read("GPU-a");
        assertEquals(MemorySize.ofMib(400), reading.memoryUsed());
        assertEquals(MemorySize.ofMib(600), reading.memoryFree());
        assertTrue(reading.usedIncludesReserve());
    }

    @Test
    public void memoryOfTheFirstVersionIsReadWhereTheSecondFails() {
        gpu().memoryMib(1000).reservedMib(100).fail("nvmlDeviceGetMemoryInfo_v2", 25);
        Reading reading = nvml.read("GPU-a");
        assertEquals(MemorySize.ofMib(100), reading.memoryUsed());
        assertTrue(reading.usedIncludesReserve());
    }

    @Test
    public void whatTheDriverCannotTellIsNull() {
        gpu().withoutMemory().without("utilization").without("temperature").without("power").without("throttle");
        Reading reading = nvml.read("GPU-a");
        assertNull(reading.memoryUsed());
        assertNull(reading.memoryFree());
        assertFalse(reading.usedIncludesReserve());
        assertNull(reading.utilization());
        assertNull(reading.memoryUtilization());
        assertNull(reading.temperatureCelsius());
        assertNull(reading.powerMilliwatts());
        assertEquals(List.of(), reading.throttleReasons());
        assertTrue(reading.health().isOk());
    }

    @Test
    public void allOnesMeansUnknown() {
        gpu().powerMilliwatts(0xFFFFFFFFL).utilization(-1, -1).throttle(-1);
        Reading reading = nvml.read("GPU-a");
        assertNull(reading.powerMilliwatts());
        assertNull(reading.utilization());
        assertEquals(List.of(), reading.throttleReasons());
    }

    @Test
    public void throttlingIsNamed() {
        assertEquals(List.of("power cap"), throttling(0x4));
        assertEquals(List.of("hw slowdown", "thermal", "hw thermal", "power brake"), throttling(0x8 | 0x20 | 0x40 | 0x80));
        assertEquals(List.of("sync boost"), throttling(0x10));
    }

    @Test
    public void idleClocksAndClocksThatSomebodySetAreNoThrottling() {
        assertEquals(List.of(), throttling(0x1));
        assertEquals(List.of(), throttling(0x2 | 0x100));
        assertEquals(List.of("power cap"), throttling(0x1 | 0x2 | 0x4));
    }

    private List<String> throttling(long bits) {
        gpu().throttle(bits);
        return nvml.read("GPU-a").throttleReasons();
    }

    @Test
    public void uncorrectableMemoryErrorsMakeSick() {
        gpu().eccErrors(3);
        assertThat(problem(), containsString("3 uncorrectable memory errors since the driver was loaded"));
    }

    @Test
    public void pendingRetirementMakesSick() {
        gpu().without("remapped").retiredPagesPending(true);
        assertThat(problem(), containsString("wait to be retired"));
    }

    @Test
    public void pendingRemappingMakesSick() {
        gpu().remappedRows(true, false);
        assertThat(problem(), containsString("wait to be remapped"));
    }

    @Test
    public void failedRemappingAsksForAnotherGpu() {
        gpu().remappedRows(true, true);
        assertThat(problem(), containsString("have the GPU replaced"));
    }

    @Test
    public void aGpuWithoutHealthReportsIsHealthy() {
        gpu().without("ecc").without("remapped");
        assertEquals("none", problem());
    }

    @Test
    public void theDriversUnknownErrorForMemoryMeansThatTheGpuIsGone() {
        gpu().fail("nvmlDeviceGetMemoryInfo_v2", 999).fail("nvmlDeviceGetMemoryInfo", 999);
        assertThat(problem(), containsString("NVML code 999"));
    }

    @Test
    public void theDriversUnknownErrorForASensorMeansNothing() {
        gpu().fail("nvmlDeviceGetPowerUsage", 999).fail("nvmlDeviceGetTemperature", 999);
        assertEquals("none", problem());
    }

    @Test
    public void aGpuThatNeedsAResetIsSick() {
        gpu().fail("nvmlDeviceGetUtilizationRates", 16);
        assertThat(problem(), containsString("the GPU needs a reset (NVML code 16)"));
    }

    @Test
    public void aLostGpuGivesAFailedReading() {
        gpu();
        nvml.scan();
        gpu().lost(15);
        Reading reading = nvml.read("GPU-a");
        assertThat(reading.health().problem(), containsString("the GPU is lost (NVML code 15)"));
        assertNull(reading.memoryUsed());
    }

    @Test
    public void aGpuIsFoundByItsPciBusIdWhenAnotherLostGpuSpoilsTheLookupByUuid() {
        nvml.world().gpu("GPU-first").index(0).lost(15);
        gpu().index(1).temperature(51);
        nvml.scan();
        int before = nvml.calls("nvmlDeviceGetHandleByPciBusId_v2").size();
        Reading reading = nvml.read("GPU-a");
        assertTrue(reading.health().toString(), reading.health().isOk());
        assertEquals(Integer.valueOf(51), reading.temperatureCelsius());
        assertEquals(before + 1, nvml.calls("nvmlDeviceGetHandleByPciBusId_v2").size());
    }

    @Test
    public void anotherGpuInTheSameSlotIsNotMistakenForTheOldOne() {
        gpu().index(0).pci("00000000:1b:00.0");
        nvml.scan();
        nvml.world().remove("GPU-a").gpu("GPU-new").index(0).pci("00000000:1b:00.0");
        assertThat(problem(), containsString("no longer knows a device with this UUID"));
    }

    @Test
    public void aDeviceThatIsNotThereSaysSo() {
        assertThat(problem(), containsString("no longer knows a device with this UUID"));
    }

    @Test
    public void whatIsNoUuidNeverReachesNvml() {
        for (String text : List.of("", "GPU-a;b", "unreadable-0", "x".repeat(121))) {
            assertThat(nvml.read(text).health().problem(), containsString("No device can be read by the UUID"));
        }
        assertEquals(List.of(), nvml.calls());
    }
}
