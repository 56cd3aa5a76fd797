package io.jenkins.plugins.gpulease.build;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.util.List;
import org.junit.Test;

public class UsageSummaryTest {

    @Test
    public void devicesAreAddedUpEachInItsWay() {
        UsageSummary summary = UsageSummary.of(new LeaseUsage(
                Duration.ofMinutes(1), List.of(device(10, 4, 50, 3_600.0), device(30, 8, 25, 7_200.0))));

        assertEquals(
                new UsageSummary(MemorySize.ofMib(30), MemorySize.ofMib(6), 38, 10_800.0), summary);
    }

    @Test
    public void whatIsUnknownStaysUnknown() {
        assertEquals(new UsageSummary(null, null, null, null), UsageSummary.of(LeaseUsage.UNKNOWN));
    }

    @Test
    public void energyIsInWattHours() {
        assertEquals("210 Wh", new UsageSummary(null, null, null, 756_000.0).energy());
        assertEquals("3.4 Wh", new UsageSummary(null, null, null, 12_240.0).energy());
        assertEquals("0.02 Wh", new UsageSummary(null, null, null, 72.0).energy());
    }

    private static DeviceUsage device(long peakMib, long meanMib, int utilization, double joules) {
        return new DeviceUsage(
                "GPU-" + peakMib, 60, MemorySize.ofMib(peakMib), MemorySize.ofMib(meanMib), utilization, 100, joules, 0,
                List.of());
    }
}
