package io.jenkins.plugins.gpulease.engine.usage;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Readings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class UsageRecorderTest {

    private static final Instant START = Gpus.SCANNED;

    private final UsageRecorder recorder = new UsageRecorder(List.of("GPU-a"), START);

    private static Readings at(double seconds) {
        return Readings.of("GPU-a").secondsIn(seconds);
    }

    private void record(Readings... readings) {
        for (Readings reading : readings) {
            recorder.record(reading.build());
        }
    }

    private DeviceUsage usage() {
        return recorder.finish(START.plusSeconds(60)).devices().get(0);
    }

    @Test
    public void meansAreWeightedByTheTimeThatAValueLasted() {
        record(at(9).usedMib(1000).utilization(90), at(10).usedMib(2000).utilization(0));
        assertEquals(Integer.valueOf(81), usage().meanUtilization());
        assertEquals(MemorySize.ofMib(1100), usage().meanMemory());
    }

    @Test
    public void peaksAreTheHighestReadings() {
        record(at(1).usedMib(10).utilization(5), at(2).usedMib(900).utilization(77), at(3).usedMib(20).utilization(6));
        assertEquals(MemorySize.ofMib(900), usage().peakMemory());
        assertEquals(Integer.valueOf(77), usage().peakUtilization());
    }

    @Test
    public void aSingleReadingAtTheStartIsItsOwnMean() {
        record(at(0).usedMib(500).utilization(40));
        assertEquals(MemorySize.ofMib(500), usage().meanMemory());
        assertEquals(Integer.valueOf(40), usage().meanUtilization());
    }

    @Test
    public void energyIsTheAreaUnderThePower() {
        record(at(0).watts(100), at(10).watts(300), at(20).watts(300));
        assertEquals(2000 + 3000, usage().energyJoules(), 0.001);
    }

    @Test
    public void timeNextToAReadingWithoutPowerHasNoEnergy() {
        record(at(0).watts(100), at(10).watts(null), at(20).watts(100), at(30).watts(100));
        assertEquals(1000, usage().energyJoules(), 0.001);
    }

    @Test
    public void throttledTimeIsThatOfThrottledReadings() {
        record(at(1), at(3.5).throttledBy("power cap"), at(5));
        assertEquals(2.5, usage().throttledSeconds(), 0.001);
    }

    @Test
    public void whatNoReadingToldIsUnknown() {
        record(at(1).unknownMemory().utilization(null), at(2).unknownMemory().utilization(null));
        DeviceUsage usage = usage();
        assertNull(usage.peakMemory());
        assertNull(usage.meanMemory());
        assertNull(usage.peakUtilization());
        assertNull(usage.meanUtilization());
        assertEquals(2, usage.samples());
    }

    @Test
    public void aFailedReadingIsNoSample() {
        recorder.record(Reading.failed("GPU-a", START.plusSeconds(1), "lost"));
        DeviceUsage usage = usage();
        assertEquals(0, usage.samples());
        assertNull(usage.energyJoules());
        assertEquals(List.of(), usage.points());
    }

    @Test
    public void readingsOfOtherDevicesAreIgnored() {
        recorder.record(Readings.of("GPU-b").secondsIn(1).build());
        assertEquals(0, usage().samples());
    }

    @Test
    public void aClockThatIsSetBackTakesNoTimeAway() {
        record(at(10).utilization(50), at(5).utilization(100), at(6).utilization(100));
        assertEquals(Integer.valueOf(55), usage().meanUtilization());
        assertEquals(70, usage().energyJoules(), 0.001);
    }

    @Test
    public void aLeaseIsHeldFromItsStartToItsEnd() {
        assertEquals(Duration.ofSeconds(60), recorder.finish(START.plusSeconds(60)).held());
        assertEquals(Duration.ZERO, recorder.finish(START.minusSeconds(1)).held());
    }

    @Test
    public void aLongCourseKeepsItsBoundItsEndsAndItsPeak() {
        int hours = 10 * 3600;
        for (int second = 0; second <= hours; second++) {
            record(at(second).usedMib(second == 12_345 ? 70_000 : 100).utilization(50));
        }
        List<UsagePoint> points = usage().points();
        assertTrue(points.size() + " points", points.size() <= UsageRecorder.MAX_POINTS && points.size() >= 100);
        assertEquals(hours, points.get(points.size() - 1).secondsIn());
        assertTrue(points.stream().anyMatch(point -> point.memoryMib() == 70_000));
        assertTrue(points.stream().allMatch(point -> point.utilization() == 50));
        assertEquals(hours + 1, usage().samples());
    }

    @Test
    public void theCourseIsInOrderAndEven() {
        for (int second = 1; second <= 1000; second++) {
            record(at(second));
        }
        List<UsagePoint> points = usage().points();
        for (int i = 1; i < points.size() - 1; i++) {
            assertEquals(8, points.get(i).secondsIn() - points.get(i - 1).secondsIn());
        }
    }

    @Test
    public void aShortCourseHasAPointForEachReading() {
        record(at(0).usedMib(1).utilization(0), at(1).usedMib(2).utilization(30));
        assertEquals(List.of(new UsagePoint(0, 1L, 0), new UsagePoint(1, 2L, 30)), usage().points());
    }
}
