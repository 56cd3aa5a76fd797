package io.jenkins.plugins.gpulease.engine.probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import io.jenkins.plugins.gpulease.engine.nvml.FakeNvml;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

/** The probe's process with an NVML that hangs and crashes. */
public class BrokenDriverTest {

    /** For a scan that hangs. */
    private static final ProbeDeadlines SHORT_SCAN = new ProbeDeadlines(Duration.ofSeconds(1), Duration.ofSeconds(10));

    /** For other calls that hang; those beside them need time on a busy machine. */
    private static final ProbeDeadlines SHORT_CALL = new ProbeDeadlines(Duration.ofSeconds(20), Duration.ofSeconds(1));

    private static final List<String> BOTH = List.of("GPU-a", "GPU-b");

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @Rule
    public final ProbeHost host = new ProbeHost();

    private ProbeClient probe;

    @Before
    public void twoGpus() {
        BOTH.forEach(uuid -> nvml.world().gpu(uuid));
        nvml.world().write();
        probe = probe(ProbeHost.PATIENT);
    }

    private ProbeClient probe(ProbeDeadlines deadlines) {
        return host.client(host.launch().withLibrary(Path.of(nvml.libraryPath())), deadlines);
    }

    private static Claim claim(String... uuids) {
        return ProbeHost.claim("l", List.of(uuids));
    }

    @Test
    public void aLeaseOfRealDevicesGoesThroughTheProcess() throws Exception {
        nvml.world().gpu("GPU-b").process(ProcessHandle.current().pid(), 900);
        nvml.world().write();
        assertEquals(Inventory.Status.OK, probe.scan().status());
        Map<String, Verdict> verdicts = probe.handOut(claim("GPU-a", "GPU-b"));
        assertTrue(verdicts.get("GPU-a").isClean());
        assertTrue(verdicts.get("GPU-b").reason(), verdicts.get("GPU-b").reason().contains("java"));
        assertTrue(probe.handOut(claim("GPU-a")).get("GPU-a").isClean());
        assertEquals(Long.valueOf(0), probe.takeBack(claim("GPU-a")).usage().devices().get(0).points().get(0).memoryMib());
    }

    @Test
    public void aHangInInitEndsByTheDeadlineOfAScan() throws Exception {
        nvml.world().hang("init").write();
        assertScanHangs();
    }

    @Test
    public void aHangAtTheHandleEndsByTheDeadlineOfAScan() throws Exception {
        nvml.world().gpu("GPU-b").hang("handle");
        nvml.world().write();
        assertScanHangs();
    }

    private void assertScanHangs() {
        probe = probe(SHORT_SCAN);
        String message = assertThrows(ProbeException.class, probe::scan).getMessage();
        assertTrue(message, message.contains("didn't scan the devices within 1.0 s") && message.contains("nvidia-smi"));
        assertFalse(probe.pid().isPresent());
    }

    @Test
    public void aDriverThatWorksAgainIsFoundByTheNextCall() throws Exception {
        probe.scan();
        nvml.world().gpu("GPU-b").abort("handle");
        nvml.world().write();
        assertThrows(ProbeException.class, probe::scan);
        nvml.world().gpu("GPU-b").back();
        nvml.world().write();
        probe.reset();
        assertEquals(2, probe.scan().devices().size());
    }

    @Test
    public void aHangInOneCallOfOneDeviceFailsWhatIsUnderWayAndTheNextCallWorks() throws Exception {
        probe = probe(SHORT_CALL);
        probe.scan();
        long hung = probe.pid().getAsLong();
        nvml.world().gpu("GPU-b").hang("nvmlDeviceGetUtilizationRates");
        nvml.world().write();
        String message = assertThrows(ProbeException.class, () -> probe.handOut(claim("GPU-a", "GPU-b"))).getMessage();
        assertTrue(message, message.contains("didn't hand out [GPU-a, GPU-b] within 1.0 s"));
        Await.end(hung);
        assertEquals(Map.of(), host.holders(BOTH));
        assertTrue(probe.handOut(claim("GPU-a")).get("GPU-a").isClean());
    }

    @Test
    public void aHungDeviceHoldsUpNoOther() throws Exception {
        probe.scan();
        nvml.world().gpu("GPU-b").hang("nvmlDeviceGetUtilizationRates");
        nvml.world().write();
        ExecutorService caller = Executors.newSingleThreadExecutor();
        try {
            Future<?> stuck = caller.submit(() -> probe.read(List.of("GPU-b")));
            Await.until("the call is made", () -> nvml.calls("nvmlDeviceGetUtilizationRates").stream()
                    .anyMatch(call -> call.device().equals("GPU-b")));
            assertTrue(probe.handOut(claim("GPU-a")).get("GPU-a").isClean());
            assertFalse(stuck.isDone());
            nvml.world().gpu("GPU-b").back();
            nvml.world().write();
            stuck.get();
        } finally {
            caller.shutdownNow();
        }
    }

    @Test
    public void aHangWhileSamplingIsNoticedByThePoll() throws Exception {
        probe = probe(SHORT_CALL);
        probe.scan();
        probe.handOut(claim("GPU-a"));
        int calls = nvml.calls("nvmlDeviceGetUtilizationRates").size();
        nvml.world().gpu("GPU-a").hang("nvmlDeviceGetUtilizationRates");
        nvml.world().write();
        Await.until("a sample is under way", () -> nvml.calls("nvmlDeviceGetUtilizationRates").size() > calls);
        String message = assertThrows(ProbeException.class, () -> probe.poll(0, List.of())).getMessage();
        assertTrue(message, message.contains("didn't tell what is new"));
    }

    @Test
    public void aHandOutThatIsAnsweredAfterItsEndLeavesNothingBehind() throws Exception {
        probe.scan();
        nvml.world().gpu("GPU-a").hang("nvmlDeviceGetUtilizationRates");
        nvml.world().write();
        Claim claim = claim("GPU-a");
        ExecutorService callers = Executors.newFixedThreadPool(2);
        try {
            Future<?> late = callers.submit(() -> probe.handOut(claim));
            Await.until("the hand-out is under way", () -> !nvml.calls("nvmlDeviceGetUtilizationRates").isEmpty());
            Future<TakenBack> end = callers.submit(() -> probe.takeBack(claim));
            assertThrows(TimeoutException.class, () -> end.get(100, TimeUnit.MILLISECONDS));
            nvml.world().gpu("GPU-a").back();
            nvml.world().write();
            assertTrue(assertThrows(ExecutionException.class, late::get).getCause() instanceof ProbeException);
            end.get();
        } finally {
            callers.shutdownNow();
        }
        assertEquals(Map.of(), host.holders(BOTH));
        ProbeHost.kill(probe.pid().getAsLong());
        probe.scan();
        assertEquals(Map.of(), host.holders(BOTH));
    }

    @Test
    public void aCrashOfTheLibraryEndsOnlyTheProbe() throws Exception {
        probe.scan();
        nvml.world().gpu("GPU-b").abort("nvmlDeviceGetUtilizationRates");
        nvml.world().write();
        String message = assertThrows(ProbeException.class, () -> probe.read(List.of("GPU-b"))).getMessage();
        assertTrue(message, message.contains("ended with exit code 134"));
        probe.reset();
        assertTrue(probe.handOut(claim("GPU-a")).get("GPU-a").isClean());
    }

    @Test
    public void aDriverErrorIsPassedOn() throws Exception {
        probe.scan();
        Await.until("errors are watched for", () -> !nvml.calls("nvmlEventSetWait_v2").isEmpty());
        nvml.world().gpu("GPU-a").raiseXid(79);
        nvml.world().write();
        Await.until("the event", () -> !probe.poll(0, List.of()).events().isEmpty());
        XidEvent event = probe.poll(0, List.of()).events().get(0);
        assertEquals("GPU-a", event.uuid());
        assertEquals(79, event.xid());
        assertEquals(Verdict.Condition.SICK, probe.handOut(claim("GPU-a")).get("GPU-a").condition());
    }

    @Test
    public void aLibraryThatIsNotThereIsAnInventoryWithAReason() throws Exception {
        ProbeClient without = host.client(host.launch().withLibrary(Path.of("/nowhere/libnvidia-ml.so.1")), ProbeHost.PATIENT);
        Inventory inventory = without.scan();
        assertEquals(Inventory.Status.FAILED, inventory.status());
        assertTrue(inventory.reason(), inventory.reason().contains("/nowhere/libnvidia-ml.so.1"));
    }

    @Test
    public void aDriverThatCannotBeInitialisedIsAskedByANewProcessNextTime() throws Exception {
        nvml.world().initAnswers(18).write();
        assertEquals(Inventory.Status.FAILED, probe.scan().status());
        assertFalse(probe.pid().isPresent());
        nvml.world().initAnswers(0).write();
        assertEquals(2, probe.scan().devices().size());
    }

    @Test
    public void aSuccessorKnowsOfTheFaultsOfGpus() throws Exception {
        makeGpuASick();
        ProbeHost.kill(probe.pid().getAsLong());
        Verdict verdict = probe.handOut(claim("GPU-a")).get("GPU-a");
        assertEquals(Verdict.Condition.SICK, verdict.condition());
        assertTrue(verdict.reason(), verdict.reason().contains("Xid 79"));
    }

    @Test
    public void aPersonWhoAsksForAScanClearsFaults() throws Exception {
        makeGpuASick();
        probe.reset();
        assertTrue(probe.scan().device("GPU-a").orElseThrow().health().isOk());
    }

    private void makeGpuASick() throws Exception {
        probe.scan();
        Await.until("errors are watched for", () -> !nvml.calls("nvmlEventSetWait_v2").isEmpty());
        nvml.world().gpu("GPU-a").raiseXid(79);
        nvml.world().write();
        Await.until("the event", () -> !probe.poll(0, List.of()).events().isEmpty());
        nvml.world().gpu("GPU-a").without("xid"); // a fresh process must not see it again
        nvml.world().write();
    }
}
