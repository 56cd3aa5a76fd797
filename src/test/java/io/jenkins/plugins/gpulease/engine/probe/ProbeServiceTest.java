package io.jenkins.plugins.gpulease.engine.probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Readings;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import io.jenkins.plugins.gpulease.engine.usage.ProcessLeases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ProbeServiceTest {

    private static final Device A = Gpus.h100(0);
    private static final Device B = Gpus.h100(1);
    private static final Device INSTANCE = Gpus.instanceOf(A, "1g10gb");

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final ScriptedSource source = new ScriptedSource(A, B, INSTANCE);
    private Path folder;
    private HostLocks others;
    private ProbeService probe;

    @Before
    public void open() {
        folder = temporary.getRoot().toPath().resolve("locks");
        others = new HostLocks(folder);
        probe = new ProbeService(source, new HostLocks(folder), Cleanliness.IDLE_MEMORY, Duration.ofMillis(20), new ProcessLeases());
    }

    @After
    public void close() {
        probe.close();
        others.close();
    }

    private static Claim claim(String lease, Device... devices) {
        return new Claim(lease, "build #1", uuids(devices), null, true, true);
    }

    private static Claim subLease(String lease, Device... devices) {
        return new Claim(lease, "build #1", uuids(devices), null, false, false);
    }

    private static List<String> uuids(Device... devices) {
        return List.of(devices).stream().map(Device::uuid).toList();
    }

    private void occupy(Device device) {
        source.reads(device.uuid(), () -> Readings.of(device.uuid()).process(7, "python", 2048, GpuProcess.Kind.COMPUTE));
    }

    private Map<String, String> holders() throws IOException {
        return others.holders(uuids(A, B));
    }

    @Test
    public void cleanDevicesAreLockedAndSampled() throws Exception {
        assertEquals(Map.of(A.uuid(), Verdict.CLEAN, B.uuid(), Verdict.CLEAN), probe.handOut(claim("l", B, A)));
        assertTrue(holders().get(A.uuid()), holders().get(A.uuid()).contains("build #1"));
        assertEquals(2, holders().size());
        Await.until("each device is sampled", () -> source.reads().size() >= 6);
    }

    @Test
    public void devicesAreLookedAtInTheOrderOfTheirUuids() throws Exception {
        probe.handOut(claim("l", B, A));
        assertEquals(uuids(A, B), source.reads().subList(0, 2));
    }

    @Test
    public void oneOccupiedDeviceKeepsAllFromBeingHandedOut() throws Exception {
        occupy(B);
        Map<String, Verdict> verdicts = probe.handOut(claim("l", A, B));
        assertTrue(verdicts.get(A.uuid()).isClean());
        assertEquals("in use by pid 7 (python) with 2 GiB", verdicts.get(B.uuid()).reason());
        assertEquals(Map.of(), holders());
        assertFalse(probe.takeBack(claim("l", A, B)).usage().isKnown());
    }

    @Test
    public void aDeviceThatAnotherHolderLockedIsOccupied() throws Exception {
        others.tryLock("x", "somebody's shell", uuids(A));
        Map<String, Verdict> verdicts = probe.handOut(claim("l", A, B));
        assertEquals(Verdict.Condition.OCCUPIED, verdicts.get(A.uuid()).condition());
        assertTrue(verdicts.get(A.uuid()).reason().contains("somebody's shell"));
        assertTrue(verdicts.get(B.uuid()).isClean());
        assertEquals(List.of(A.uuid()), List.copyOf(holders().keySet()));
    }

    @Test
    public void withoutHostCoordinationLocksDoNotMatter() throws Exception {
        others.tryLock("x", "somebody's shell", uuids(A));
        Claim claim = new Claim("l", "build #1", uuids(A), null, true, false);
        assertTrue(probe.handOut(claim).get(A.uuid()).isClean());
    }

    @Test
    public void aSubLeaseMayHaveItsParentsProcesses() throws Exception {
        occupy(A);
        assertTrue(probe.handOut(subLease("l", A)).get(A.uuid()).isClean());
        assertTrue(probe.takeBack(subLease("l", A)).verdicts().get(A.uuid()).isClean());
    }

    @Test
    public void freeMemoryIsMeasuredAgainstTheTotalOfTheScan() throws Exception {
        source.reads(A.uuid(), () -> Readings.of(A.uuid()).usedMib(500).freeMib(10));
        Claim fits = new Claim("l", "build #1", uuids(A), MemorySize.ofMib(81_000), true, true);
        Claim tooMuch = new Claim("m", "build #1", uuids(A), MemorySize.ofMib(81_100), true, true);
        assertFalse(probe.handOut(tooMuch).get(A.uuid()).isClean());
        assertTrue(probe.handOut(fits).get(A.uuid()).isClean());
    }

    @Test
    public void aLockFolderThatCannotBeUsedIsAnError() throws Exception {
        Files.createFile(folder);
        ProbeException failure = assertThrows(ProbeException.class, () -> probe.handOut(claim("l", A)));
        assertTrue(failure.getMessage(), failure.getMessage().contains(folder.toString()));
    }

    @Test
    public void aLeaseGoesOnWithoutLocksWhereThoseCannotBeHad() throws Exception {
        Files.createFile(folder);
        assertTrue(probe.adopt(claim("l", A)).get(A.uuid()).isClean());
        Await.until("it is sampled", () -> source.reads().size() >= 2);
    }

    @Test
    public void aLeaseIsTakenUpWithWhatRunsOnIt() throws Exception {
        occupy(A);
        assertTrue(probe.adopt(claim("l", A)).get(A.uuid()).isClean());
        assertEquals(1, holders().size());
    }

    @Test
    public void aLeaseIsTakenUpEvenIfOthersLockedSomeOfIt() throws Exception {
        others.tryLock("x", "somebody's shell", uuids(A));
        Map<String, Verdict> verdicts = probe.adopt(claim("l", A, B));
        assertEquals(Verdict.Condition.OCCUPIED, verdicts.get(A.uuid()).condition());
        assertTrue(verdicts.get(B.uuid()).isClean());
        assertTrue(holders().get(B.uuid()).contains("build #1"));
        assertEquals(2, probe.takeBack(claim("l", A, B)).usage().devices().size());
    }

    @Test
    public void takingBackUnlocksAndTellsTheUsage() throws Exception {
        probe.handOut(claim("l", A));
        source.reads(A.uuid(), () -> Readings.of(A.uuid()).usedMib(300).utilization(60));
        Await.until("a sample", () -> source.reads().size() >= 2);
        TakenBack back = probe.takeBack(claim("l", A));
        DeviceUsage usage = back.usage().devices().get(0);
        assertEquals(MemorySize.ofMib(300), usage.peakMemory());
        assertEquals(Integer.valueOf(60), usage.peakUtilization());
        assertTrue(back.verdicts().get(A.uuid()).isClean());
        assertEquals(Map.of(), holders());
    }

    @Test
    public void aHandOutThatItsEndHasOvertakenIsRefused() throws Exception {
        Claim late = claim("l", A);
        probe.takeBack(claim("l", A));
        ProbeException refused = assertThrows(ProbeException.class, () -> probe.handOut(late));
        assertTrue(refused.getMessage(), refused.getMessage().contains("Lease l was taken back"));
        assertThrows(ProbeException.class, () -> probe.adopt(late));
        assertEquals(Map.of(), holders());
    }

    @Test
    public void aLateEndOfAFailedHandOutDoesNotEndTheNextOne() throws Exception {
        Claim first = claim("l", A);
        probe.handOut(claim("l", B));
        probe.takeBack(first);
        assertEquals(List.of(B.uuid()), List.copyOf(holders().keySet()));
        assertTrue(probe.takeBack(claim("l", B)).usage().isKnown());
        assertEquals(Map.of(), holders());
    }

    @Test
    public void aSecondHandOutReplacesAFirstOneWhoseAnswerWasLost() throws Exception {
        probe.handOut(claim("l", A));
        probe.handOut(claim("l", B));
        assertEquals(List.of(B.uuid()), List.copyOf(holders().keySet()));
        assertEquals(B.uuid(), probe.takeBack(claim("l", B)).usage().devices().get(0).uuid());
    }

    @Test
    public void anEndWaitsForTheHandOutThatIsUnderWay() throws Exception {
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        source.reads(A.uuid(), () -> {
            looking.countDown();
            await(answered);
            return Readings.of(A.uuid());
        });
        CompletableFuture<Void> handOut = CompletableFuture.runAsync(() -> handOutUnchecked(claim("l", A)));
        looking.await();
        CompletableFuture<TakenBack> end = CompletableFuture.supplyAsync(() -> probe.takeBack(claim("l", A)));
        assertThrows(TimeoutException.class, () -> end.get(50, TimeUnit.MILLISECONDS));
        answered.countDown();
        handOut.get();
        assertTrue(end.get().usage().isKnown());
        assertEquals(Map.of(), holders());
    }

    private void handOutUnchecked(Claim claim) {
        try {
            probe.handOut(claim);
        } catch (ProbeException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    public void aCleanReleaseCostsASingleLook() throws Exception {
        probe.takeBack(claim("unknown", A));
        assertEquals(uuids(A), source.reads());
    }

    @Test
    public void anUnknownLeaseHasNoUsage() throws Exception {
        assertEquals(LeaseUsage.UNKNOWN, probe.takeBack(claim("unknown", A)).usage());
    }

    @Test
    public void aProcessThatIsAboutToEndIsWaitedFor() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        source.reads(A.uuid(), () -> looks.incrementAndGet() > 3
                ? Readings.of(A.uuid())
                : Readings.of(A.uuid()).process(7, "python", 2048, GpuProcess.Kind.COMPUTE));
        assertTrue(probe.takeBack(claim("l", A)).verdicts().get(A.uuid()).isClean());
        assertEquals(4, looks.get());
    }

    @Test
    public void aProcessThatStaysIsLeftOver() throws Exception {
        occupy(A);
        Verdict verdict = probe.takeBack(claim("l", A, B)).verdicts().get(A.uuid());
        assertEquals(Verdict.Condition.OCCUPIED, verdict.condition());
        assertEquals(7, verdict.processes().get(0).pid());
    }

    @Test
    public void nothingIsSampledWhileNothingIsLeased() throws Exception {
        probe.handOut(claim("l", A));
        probe.handOut(subLease("m", A));
        probe.takeBack(subLease("m", A));
        probe.takeBack(claim("l", A));
        probe.poll(0, List.of()); // a round that was under way has ended then
        int reads = source.reads().size();
        Thread.sleep(100); // five periods; that nothing happens can't be awaited
        assertEquals(reads, source.reads().size());
    }

    @Test
    public void aDeviceOfTwoLeasesIsSampledForBoth() throws Exception {
        probe.handOut(claim("l", A));
        probe.handOut(subLease("m", A));
        int reads = source.reads().size();
        Await.until("samples", () -> source.reads().size() >= reads + 2);
        int inner = probe.takeBack(subLease("m", A)).usage().devices().get(0).samples();
        int outer = probe.takeBack(claim("l", A)).usage().devices().get(0).samples();
        assertTrue(inner + " and " + outer, inner >= 3 && outer >= 3);
    }

    @Test
    public void aDriverErrorMakesTheGpuAndItsInstancesSick() throws Exception {
        probe.scan();
        source.raiseXid(A.uuid(), 79);
        Await.until("the event", () -> !probe.poll(0, List.of()).events().isEmpty());
        Map<String, Verdict> verdicts = probe.handOut(claim("l", A, B, INSTANCE));
        assertTrue(verdicts.get(A.uuid()).reason().contains("Xid 79"));
        assertEquals(Verdict.Condition.SICK, verdicts.get(INSTANCE.uuid()).condition());
        assertTrue(verdicts.get(B.uuid()).isClean());
        assertFalse(probe.scan().device(A.uuid()).orElseThrow().health().isOk());
        assertTrue(probe.scan().device(B.uuid()).orElseThrow().health().isOk());
    }

    @Test
    public void aProgramsErrorIsToldButMakesNothingSick() throws Exception {
        probe.scan();
        source.raiseXid(A.uuid(), 31);
        Await.until("the event", () -> !probe.poll(0, List.of()).events().isEmpty());
        assertEquals(List.of(31L), probe.poll(0, List.of()).events().stream().map(XidEvent::xid).toList());
        assertTrue(probe.handOut(claim("l", A)).get(A.uuid()).isClean());
    }

    @Test
    public void dirtyDevicesAreLookedAtAgain() throws Exception {
        occupy(A);
        Map<String, Verdict> verdicts = probe.poll(0, uuids(A, B)).verdicts();
        assertFalse(verdicts.get(A.uuid()).isClean());
        assertTrue(verdicts.get(B.uuid()).isClean());
    }

    @Test
    public void aDeviceThatOthersLockedStaysOccupiedAsLongAsTheyDo() throws Exception {
        others.tryLock("x", "somebody's shell", uuids(A));
        probe.handOut(claim("l", A));
        assertTrue(probe.poll(0, uuids(A)).verdicts().get(A.uuid()).reason().contains("somebody's shell"));
        others.unlock("x");
        assertTrue(probe.poll(0, uuids(A)).verdicts().get(A.uuid()).isClean());
    }

    @Test
    public void aBadLockFileMakesItsDeviceOccupiedAsLongAsItIsThere() throws Exception {
        Path bad = Files.createDirectories(folder.resolve(A.uuid() + ".lock"));
        assertEquals(Verdict.Condition.OCCUPIED, probe.handOut(claim("l", A)).get(A.uuid()).condition());
        assertTrue(probe.handOut(claim("m", B)).get(B.uuid()).isClean());
        assertTrue(probe.poll(0, uuids(A)).verdicts().get(A.uuid()).reason().contains("not a regular file"));
        Files.delete(bad);
        assertTrue(probe.poll(0, uuids(A)).verdicts().get(A.uuid()).isClean());
    }

    @Test
    public void aLockFileThatWasDeletedIsLockedAnewByAPoll() throws Exception {
        probe.handOut(claim("l", A));
        Files.delete(folder.resolve(A.uuid() + ".lock"));
        probe.poll(0, List.of());
        assertTrue(Files.exists(folder.resolve(A.uuid() + ".lock")));
        assertEquals(Set.of(A.uuid()), others.tryLock("x", "somebody's shell", uuids(A)).keySet());
    }

    @Test
    public void anUnknownDeviceHasAVerdictToo() throws Exception {
        source.reads("GPU-x", () -> Readings.of("GPU-x").sick("not there"));
        assertEquals("not there", probe.handOut(new Claim("l", "b", List.of("GPU-x"), null, true, true)).get("GPU-x").reason());
    }

    @Test
    public void closingDropsLocksAndTheSource() throws Exception {
        probe.handOut(claim("l", A));
        probe.close();
        assertEquals(Map.of(), holders());
        assertTrue(source.isClosed());
    }
}
