package io.jenkins.plugins.gpulease.build;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class BuildUsageTest {

    private static final Device T4 = Gpus.gpu(5, "Tesla T4", MemorySize.parse("16 GB"), "7.5");

    @Test
    public void theBadgeSaysHowManyHowLongAndHowMuch() {
        assertEquals("2 × H100, 12 min, 41 % used",
                BuildUsage.of(List.of(TestLeases.returned("a", 0, 5, 725, 41, 1_000, Gpus.h100(0), Gpus.h100(1)))).text());
    }

    @Test
    public void whatIsUnknownIsNotTold() {
        LeaseRecord unknown = TestLeases.held("a", 0, 5, Gpus.h100(0)).returned(
                new Returned(Map.of(), LeaseUsage.UNKNOWN), Instant.ofEpochSecond(1_700_000_065));

        assertEquals("1 × H100, 1 min", BuildUsage.of(List.of(unknown)).text());
        assertNull(BuildUsage.of(List.of(unknown)).energyJoules());
    }

    @Test
    public void aBuildThatHoldsDevicesSaysSo() {
        assertTrue(BuildUsage.of(List.of(TestLeases.held("a", 0, 5, Gpus.h100(0)))).text().endsWith(" so far"));
    }

    @Test
    public void devicesCountIfTheyAreHeldAtTheSameTime() {
        List<LeaseRecord> leases = List.of(
                TestLeases.returned("a", 0, 0, 10, 1, 1, Gpus.h100(0)),
                TestLeases.returned("b", 0, 10, 20, 1, 1, Gpus.h100(1)),
                TestLeases.returned("c", 0, 15, 20, 1, 1, T4));

        assertEquals("1 × H100, 1 × T4", BuildUsage.of(leases).gpus());
    }

    @Test
    public void timeThatLeasesShareCountsOnce() {
        List<LeaseRecord> leases = List.of(
                TestLeases.returned("a", 0, 10, 40, 1, 1, Gpus.h100(0)), TestLeases.returned("b", 5, 20, 50, 1, 1, Gpus.h100(1)));

        assertEquals(Duration.ofSeconds(20), BuildUsage.of(leases).waited());
        assertEquals(Duration.ofSeconds(40), BuildUsage.of(leases).held());
    }

    @Test
    public void utilizationIsWeighedByDevicesAndTime() {
        List<LeaseRecord> leases = List.of(
                TestLeases.returned("a", 0, 0, 30, 100, 10, Gpus.h100(0)),
                TestLeases.returned("b", 0, 0, 45, 0, 20, Gpus.h100(1), Gpus.h100(2)));

        BuildUsage usage = BuildUsage.of(leases);
        assertEquals(Integer.valueOf(25), usage.meanUtilization());
        assertEquals(Long.valueOf(20), usage.peakMemoryMib());
        assertEquals("3.0 Wh", usage.energy());
    }

    @Test
    public void leasesInsideOthersDoNotCountTwice() {
        LeaseRecord outer = TestLeases.returned("outer", 0, 5, 65, 10, 1_000, Gpus.h100(0));

        assertEquals(
                BuildUsage.of(List.of(outer)),
                BuildUsage.of(List.of(outer, TestLeases.inside("outer", 10, 20, 30, Gpus.h100(0)))));
    }
}
