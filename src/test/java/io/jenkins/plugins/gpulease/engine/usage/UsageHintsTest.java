package io.jenkins.plugins.gpulease.engine.usage;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.UsageHint.LeftBehind;
import io.jenkins.plugins.gpulease.engine.usage.UsageHint.LessThanAsked;
import io.jenkins.plugins.gpulease.engine.usage.UsageHint.LessThanCard;
import io.jenkins.plugins.gpulease.engine.usage.UsageHint.LowUtilization;
import io.jenkins.plugins.gpulease.engine.usage.UsageHint.Throttled;
import io.jenkins.plugins.gpulease.engine.usage.UsageHint.Unused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class UsageHintsTest {

    private static final Duration HELD = Duration.ofMinutes(10);

    private final List<Device> devices = new ArrayList<>();
    private final List<DeviceUsage> used = new ArrayList<>();

    private void device(Device device, String peak, Integer utilization, double throttledSeconds) {
        devices.add(device);
        MemorySize memory = peak == null ? null : MemorySize.parse(peak);
        used.add(new DeviceUsage(
                device.uuid(), 600, memory, memory, utilization, utilization, null, throttledSeconds, List.of()));
    }

    private List<UsageHint> hints(String asked) {
        return hints(HintThresholds.DEFAULT, HELD, asked, 0);
    }

    private List<UsageHint> hints(HintThresholds thresholds, Duration held, String asked, int left) {
        MemorySize memory = asked == null ? null : MemorySize.parse(asked);
        return UsageHints.of(thresholds, new HeldDevices(held, devices, memory, left), new LeaseUsage(held, used));
    }

    @Test
    public void goodUseGivesNoHint() {
        device(Gpus.h100(0), "70 GB", 90, 10);
        assertEquals(List.of(), hints("75 GB"));
    }

    @Test
    public void muchMoreMemoryAskedForThanUsed() {
        device(Gpus.h100(0), "6 GB", 90, 0);
        assertEquals(
                List.of(new LessThanAsked(MemorySize.parse("6 GB"), MemorySize.parse("40 GB"), MemorySize.parse("8 GB"))),
                hints("40 GB"));
    }

    @Test
    public void theDeviceThatUsedMostCounts() {
        device(Gpus.h100(0), "6 GB", 90, 0);
        device(Gpus.h100(1), "30 GB", 90, 0);
        assertEquals(List.of(), hints("40 GB"));
    }

    @Test
    public void halfOfWhatWasAskedForIsNotLittle() {
        device(Gpus.h100(0), "20 GB", 90, 0);
        assertEquals(List.of(), hints("40 GB"));
    }

    @Test
    public void littleThatCannotBeAskedForInWholeGbGivesNoHint() {
        device(Gpus.h100(0), "300 MB", 90, 0);
        assertEquals(List.of(), hints("1 GB"));
    }

    @Test
    public void aLargeCardThatNobodyAskedFor() {
        device(Gpus.h100(0), "6 GB", 90, 0);
        assertEquals(
                List.of(new LessThanCard(MemorySize.parse("6 GB"), Gpus.h100(0).memory(), MemorySize.parse("8 GB"))),
                hints(null));
    }

    @Test
    public void whoAskedForLittleIsNotToldThatTheCardIsLarge() {
        device(Gpus.h100(0), "6 GB", 90, 0);
        assertEquals(List.of(), hints("8 GB"));
    }

    @Test
    public void aThirdOfASmallCardIsNotLittle() {
        device(Gpus.t4(0), "6 GB", 90, 0);
        assertEquals(List.of(), hints(null));
    }

    @Test
    public void devicesThatMostlyWait() {
        device(Gpus.t4(0), "12 GB", 2, 0);
        device(Gpus.t4(1), "12 GB", 4, 0);
        assertEquals(List.of(new LowUtilization(3)), hints(null));
    }

    @Test
    public void oneDeviceOfFourThatIsNeverUsed() {
        for (int i = 0; i < 3; i++) {
            device(Gpus.t4(i), "12 GB", 80, 0);
        }
        device(Gpus.t4(3), "2 MB", 0, 0);
        assertEquals(List.of(new Unused(List.of(Gpus.t4(3)), 4)), hints(null));
    }

    @Test
    public void ifNoneIsUsedThatSaysItAll() {
        device(Gpus.h100(0), "2 MB", 0, 0);
        assertEquals(List.of(new Unused(List.of(Gpus.h100(0)), 1)), hints("40 GB"));
    }

    @Test
    public void aDeviceWithMemoryInUseIsUsed() {
        device(Gpus.t4(0), "12 GB", 0, 0);
        assertEquals(List.of(new LowUtilization(0)), hints(null));
    }

    @Test
    public void clocksSlowedDownForMuchOfTheTime() {
        device(Gpus.t4(0), "12 GB", 90, 100);
        device(Gpus.t4(1), "12 GB", 90, 240);
        assertEquals(List.of(new Throttled(40)), hints(null));
    }

    @Test
    public void programsThatOutliveTheBlock() {
        device(Gpus.t4(0), "12 GB", 90, 0);
        assertEquals(List.of(new LeftBehind(2)), hints(HintThresholds.DEFAULT, HELD, null, 2));
    }

    @Test
    public void aShortLeaseGivesNoHints() {
        device(Gpus.h100(0), "2 MB", 0, 9);
        assertEquals(List.of(), hints(HintThresholds.DEFAULT, Duration.ofMillis(29_999), "40 GB", 2));
    }

    @Test
    public void whatNobodyCouldMeasureGivesNoHints() {
        device(Gpus.h100(0), null, null, 0);
        assertEquals(List.of(), hints("40 GB"));
        used.clear();
        assertEquals(List.of(), hints("40 GB"));
    }

    @Test
    public void aPeakThatMakesNoSenseGivesNoHint() {
        device(Gpus.h100(0), "1 TB", 90, 0);
        used.set(0, new DeviceUsage("GPU-0", 1, MemorySize.ofBytes(Long.MAX_VALUE), null, 90, 90, null, 0, List.of()));
        assertEquals(List.of(), hints("9000000 TB"));
    }

    @Test
    public void thresholdsMove() {
        device(Gpus.h100(0), "30 GB", 50, 60);
        HintThresholds strict = new HintThresholds(Duration.ZERO, 100, 60, 10);
        assertEquals(
                List.of(
                        new LowUtilization(50),
                        new LessThanAsked(MemorySize.parse("30 GB"), MemorySize.parse("40 GB"), MemorySize.parse("36 GB")),
                        new Throttled(10)),
                hints(strict, HELD, "40 GB", 0));
        assertEquals(List.of(), hints(new HintThresholds(Duration.ZERO, 0, 0, 100), HELD, "40 GB", 0));
    }

    @Test
    public void thresholdsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new HintThresholds(Duration.ofSeconds(-1), 50, 15, 25));
        assertThrows(IllegalArgumentException.class, () -> new HintThresholds(Duration.ZERO, 101, 15, 25));
        assertThrows(IllegalArgumentException.class, () -> new HintThresholds(Duration.ZERO, 50, -1, 25));
        assertThrows(IllegalArgumentException.class, () -> new HintThresholds(Duration.ZERO, 50, 15, 0));
    }
}
