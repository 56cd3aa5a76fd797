package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;

import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import io.jenkins.plugins.gpulease.engine.usage.UsagePoint;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.Test;

public class ReportedUsageTest {

    private static final List<String> LEASED = List.of("GPU-1");

    private static LeaseUsage accept(Duration held, DeviceUsage... devices) {
        return ReportedUsage.accept(new LeaseUsage(held, List.of(devices)), LEASED);
    }

    private static DeviceUsage usage(String uuid, int percent, Double joules, List<UsagePoint> points) {
        return new DeviceUsage(uuid, percent, null, null, percent, percent, joules, Double.NaN, points);
    }

    @Test
    public void nothingIsUnknown() {
        assertSame(LeaseUsage.UNKNOWN, ReportedUsage.accept(null, LEASED));
        assertFalse(accept(Duration.ofHours(1)).isKnown());
    }

    @Test
    public void otherDevicesAndSecondReportsAreDropped() {
        LeaseUsage accepted = accept(Duration.ofHours(1),
                usage("GPU-1", 5, 1.0, List.of()), usage("GPU-1", 6, 1.0, List.of()), usage("GPU-2", 7, 1.0, List.of()));
        assertEquals(1, accepted.devices().size());
        assertEquals(5, accepted.devices().get(0).samples());
    }

    @Test
    public void numbersAreBroughtIntoTheirRange() {
        DeviceUsage device = accept(Duration.ofSeconds(Long.MAX_VALUE), usage("GPU-1", -9, Double.NEGATIVE_INFINITY, List.of()))
                .devices().get(0);
        assertEquals(0, device.samples());
        assertEquals(Integer.valueOf(0), device.peakUtilization());
        assertEquals(Double.valueOf(0), device.energyJoules());
        assertEquals(0, device.throttledSeconds(), 0);
        assertEquals(Duration.ZERO, accept(Duration.ofSeconds(-1), usage("GPU-1", 1, 1.0, List.of())).held());
    }

    @Test
    public void aCourseHasAtMostTwoHundredPoints() {
        List<UsagePoint> points = Collections.nCopies(100_000, new UsagePoint(-1, -5L, 900));
        DeviceUsage device = accept(Duration.ofHours(1), usage("GPU-1", 1, null, points)).devices().get(0);
        assertEquals(200, device.points().size());
        assertEquals(new UsagePoint(0, 0L, 100), device.points().get(0));
    }
}
