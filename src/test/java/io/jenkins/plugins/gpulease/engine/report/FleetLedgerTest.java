package io.jenkins.plugins.gpulease.engine.report;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.report.FleetReport.JobLine;
import io.jenkins.plugins.gpulease.engine.report.FleetReport.Waits;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class FleetLedgerTest {

    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration WEEK = Duration.ofDays(7);

    private final FleetLedger ledger = new FleetLedger(StoredHours.NONE);
    private Instant now = Instant.parse("2025-03-01T10:15:00Z");

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private void states(DeviceState... states) {
        List<DeviceView> devices = new ArrayList<>();
        for (DeviceState state : states) {
            devices.add(new DeviceView(Gpus.h100(devices.size()), state, null, null, now, null, null));
        }
        ledger.changed(new NodeView("n", 1, Gpus.h100s(states.length), null, devices, List.of(), List.of()), now);
    }

    private LeaseSpan lease(String job, int devices, Duration held, Double utilization) {
        return new LeaseSpan(job, devices, devices, now.minus(held), now.minus(held), now, utilization);
    }

    private FleetReport day() {
        return ledger.report(now, DAY, List.of());
    }

    @Test
    public void deviceHoursAreCountedByState() {
        states(DeviceState.LEASED, DeviceState.IDLE, DeviceState.IDLE, DeviceState.QUARANTINED);
        pass(Duration.ofHours(2));
        states(DeviceState.OCCUPIED, DeviceState.DRAINED, DeviceState.UNKNOWN, DeviceState.RETURNING);
        pass(Duration.ofMinutes(30));

        FleetReport report = day();

        assertEquals(2.5, report.deviceHours().get(DeviceUse.LEASED), 1e-6);
        assertEquals(4, report.deviceHours().get(DeviceUse.IDLE), 1e-6);
        assertEquals(2, report.deviceHours().get(DeviceUse.QUARANTINED), 1e-6);
        assertEquals(0.5, report.deviceHours().get(DeviceUse.OCCUPIED), 1e-6);
        assertEquals(0.5, report.deviceHours().get(DeviceUse.DRAINED), 1e-6);
        assertEquals(0.5, report.deviceHours().get(DeviceUse.UNKNOWN), 1e-6);
    }

    @Test
    public void aNodeThatIsGoneCountsNoMore() {
        states(DeviceState.IDLE);
        pass(Duration.ofHours(1));
        ledger.removed("n", now);
        pass(Duration.ofHours(1));

        assertEquals(1, day().deviceHours().get(DeviceUse.IDLE), 1e-6);
    }

    @Test
    public void aClockThatIsSetBackTakesNothingAway() {
        states(DeviceState.IDLE);
        pass(Duration.ofMinutes(30));
        ledger.tick(now);
        pass(Duration.ofMinutes(-5));
        ledger.tick(now);

        assertEquals(0.5, day().deviceHours().get(DeviceUse.IDLE), 1e-6);
    }

    @Test
    public void onlyTheWindowCounts() {
        states(DeviceState.IDLE);
        pass(Duration.ofDays(3));

        assertEquals(24.25, day().deviceHours().get(DeviceUse.IDLE), 1e-6);
        assertEquals(Instant.parse("2025-03-03T10:00:00Z"), day().from());
        assertEquals(72, ledger.report(now, WEEK, List.of()).deviceHours().get(DeviceUse.IDLE), 1e-6);
    }

    @Test
    public void jobsAreRankedByHoursAndByWaste() {
        ledger.ended(lease("large", 4, Duration.ofHours(2), 0.9));
        ledger.ended(lease("idle", 1, Duration.ofHours(4), 0.25));
        ledger.ended(lease("unknown", 1, Duration.ofHours(1), null));

        FleetReport report = day();

        assertEquals(
                List.of(new JobLine("large", 8, 90, 0.8), new JobLine("idle", 4, 25, 3), new JobLine("unknown", 1, null, 0)),
                rounded(report.byHours()));
        assertEquals(List.of(new JobLine("idle", 4, 25, 3), new JobLine("large", 8, 90, 0.8)), rounded(report.byWaste()));
        assertEquals(13, report.jobHours(), 1e-6);
        assertEquals("8.2 of 12 measured hours", Integer.valueOf(68), report.utilization());
    }

    private static List<JobLine> rounded(List<JobLine> lines) {
        return lines.stream()
                .map(line -> new JobLine(
                        line.job(), Math.round(line.hours() * 1e6) / 1e6, line.utilization(), Math.round(line.waste() * 1e6) / 1e6))
                .toList();
    }

    @Test
    public void aLeaseCountsInAllHoursInWhichItWasHeld() {
        ledger.ended(lease("long", 1, Duration.ofDays(5), 0.5));

        assertEquals(24.25, day().byHours().get(0).hours(), 1e-6);
        assertEquals(120, ledger.report(now, WEEK, List.of()).byHours().get(0).hours(), 1e-6);
    }

    @Test
    public void aLeaseThatIsHeldCountsWithoutBeingKept() {
        List<LeaseSpan> held = List.of(lease("now", 2, Duration.ofHours(3), null));

        assertEquals(6, ledger.report(now, DAY, held).byHours().get(0).hours(), 1e-6);
        assertEquals(1, ledger.report(now, DAY, held).waits().get(0).leases());
        assertEquals(List.of(), day().byHours());
        assertNull(day().utilization());
    }

    @Test
    public void waitsAreToldBySize() {
        for (int i = 0; i < 100; i++) {
            Instant granted = now;
            ledger.ended(new LeaseSpan("p", 1, 1, granted.minusSeconds(i < 90 ? 10 : 600), granted, granted, null));
        }
        ledger.ended(new LeaseSpan("p", 3, 3, now.minusMillis(100), now, now, null));

        List<Waits> waits = day().waits();

        assertEquals(List.of(SizeClass.ONE, SizeClass.FEW), waits.stream().map(Waits::size).toList());
        assertEquals(100, waits.get(0).leases());
        assertTrue(waits.toString(), waits.get(0).p50() > 7 && waits.get(0).p50() < 13);
        assertTrue(waits.toString(), waits.get(0).p95() > 450 && waits.get(0).p95() < 780);
        assertTrue(waits.toString(), waits.get(1).p95() <= 1);
    }

    @Test
    public void aSharedLeaseCountsAsThePartThatItMayUse() {
        Device gpu = Gpus.gpu(0, "H100", MemorySize.ofMib(80_000), "9.0");
        Lease lease = new Lease(
                "a", "n", List.of(gpu), MemorySize.ofMib(20_000), new Holder("h", "h"), null, now, now, true);
        DeviceUsage usage = new DeviceUsage("GPU-0", 9, null, null, 40, 90, null, 0, List.of());

        LeaseSpan span = LeaseSpan.of("p", lease, new LeaseUsage(Duration.ofHours(1), List.of(usage)), now.plusSeconds(3_600));

        assertEquals(0.25, span.devices(), 1e-9);
        assertEquals(0.4, span.utilization(), 1e-9);
        assertEquals(1, span.size());
    }

    @Test
    public void aStoredLedgerGoesOn() {
        states(DeviceState.IDLE, DeviceState.QUARANTINED);
        pass(Duration.ofHours(3));
        ledger.tick(now);
        ledger.ended(lease("folder/job|with:marks,*", 2, Duration.ofHours(2), 0.5));

        FleetReport after = new FleetLedger(ledger.stored()).report(now, WEEK, List.of());

        assertEquals(ledger.report(now, WEEK, List.of()), after);
        assertEquals("folder/job|with:marks,*", after.byHours().get(0).job());
    }

    @Test
    public void linesOfAnotherFormAreLeftOut() {
        String good = HourText.write(now.getEpochSecond() / 3_600, new HourSums(), java.util.Map.of());
        for (String bad : List.of("", "x", "1|2", "1|-1|  |", "1|1,1,1,1,1,1,1||", "1||7:1:1:1|", "1||0:1|", "1|||9:1*1", "1|NaN||")) {
            assertEquals(bad, List.of(good), new FleetLedger(new StoredHours(List.of("a"), List.of(bad, good))).stored().hours());
        }
    }

    @Test
    public void whatIsOlderThanAWeekIsForgotten() {
        ledger.ended(lease("old", 1, Duration.ofMinutes(1), 0.5));
        pass(Duration.ofHours(FleetLedger.HOURS));
        ledger.tick(now);

        assertEquals(StoredHours.NONE, ledger.stored());
    }

    @Test
    public void whatIsStoredStaysBelowOneMegabyte() {
        String longest = "n".repeat(195);
        for (int hour = 0; hour < 2 * FleetLedger.HOURS; hour++) {
            states(DeviceState.values());
            for (int i = 0; i < 100; i++) {
                Duration held = Duration.ofMinutes(60 - i % 30);
                String job = longest + (hour * 100 + i) % 2_000;
                Instant granted = now.minus(held);
                long waited = (long) Math.pow(1.3, i % 50);
                ledger.ended(new LeaseSpan(job, i % 6 == 5 ? 20 : 1 << i % 6, 1_000, granted.minusSeconds(waited), granted, now, 0.123));
            }
            pass(Duration.ofHours(1));
            ledger.tick(now);
        }

        StoredHours stored = ledger.stored();
        long bytes = stored.jobs().stream().mapToLong(FleetLedgerTest::bytes).sum()
                + stored.hours().stream().mapToLong(FleetLedgerTest::bytes).sum();

        assertEquals(FleetLedger.MAX_NAMES, stored.jobs().size());
        assertTrue(stored.hours().size() + " hours", stored.hours().size() <= FleetLedger.HOURS);
        assertTrue(bytes + " bytes", bytes < 900_000);
    }

    private static long bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8).length;
    }

    @Test
    public void manyJobsInOneHourShareOneNameButLoseNoHours() {
        for (int i = 0; i < 1_000; i++) {
            ledger.ended(lease("job-" + i, 1, Duration.ofMinutes(1 + i % 7), 0.5));
        }
        double all = 0;
        for (int i = 0; i < 1_000; i++) {
            all += (1 + i % 7) / 60.0;
        }
        assertEquals(all, day().jobHours(), 1e-6);
        assertEquals(all, new FleetLedger(ledger.stored()).report(now, DAY, List.of()).jobHours(), 0.01);
    }
}
