package io.jenkins.plugins.gpulease.engine.probe;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess.Kind;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Readings;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import io.jenkins.plugins.gpulease.engine.usage.ProcFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Claims that share an H100 with 81,559 MiB. */
public class SharedClaimsTest {

    private static final Device A = Gpus.h100(0);
    private static final MemorySize MARGIN = MemorySize.ofMib(512);

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final ScriptedSource source = new ScriptedSource(A);
    private HostLocks others;
    private ProbeService probe;

    @Before
    public void open() throws Exception {
        Path locks = temporary.getRoot().toPath().resolve("locks");
        ProcFolder proc = new ProcFolder(temporary.newFolder("proc").toPath());
        proc.inLease(11, "one").inLease(21, "two");
        others = new HostLocks(locks);
        probe = new ProbeService(source, new HostLocks(locks), Cleanliness.IDLE_MEMORY, Duration.ofMillis(20), proc.leases());
    }

    @After
    public void close() {
        probe.close();
        others.close();
    }

    private static Claim claim(String lease, long mib) {
        return Claim.shared(lease, lease + " #1", List.of(A.uuid()), new Claim.Share(MemorySize.ofMib(mib), MARGIN), true);
    }

    private Verdict handOut(String lease, long mib) throws ProbeException {
        return probe.handOut(claim(lease, mib)).get(A.uuid());
    }

    private Verdict takeBack(String lease) {
        return probe.takeBack(claim(lease, 1)).verdicts().get(A.uuid());
    }

    /** What the processes 11 of lease one and 21 of lease two use; -1 for no process. */
    private void uses(long one, long two) {
        source.reads(A.uuid(), () -> {
            Readings readings = Readings.of(A.uuid()).usedMib(Math.max(0, one) + Math.max(0, two));
            if (one >= 0) {
                readings.process(11, "python", one, Kind.COMPUTE);
            }
            return two < 0 ? readings : readings.process(21, "train", two, Kind.COMPUTE);
        });
    }

    private String holder() throws Exception {
        return others.holders(List.of(A.uuid())).get(A.uuid());
    }

    @Test
    public void aDeviceIsSharedWithinItsMemory() throws Exception {
        assertTrue(handOut("one", 40_000).isClean());
        uses(30_000, -1);
        assertTrue(handOut("two", 40_000).isClean());
        assertEquals(Verdict.Condition.INSUFFICIENT, handOut("three", 2_000).condition());
        assertTrue(handOut("four", 1_000).isClean());
    }

    @Test
    public void aBudgetThatCameBackIsPromisedAgain() throws Exception {
        handOut("one", 60_000);
        handOut("two", 20_000);
        assertTrue(takeBack("one").isClean());
        assertTrue(handOut("three", 60_000).isClean());
    }

    @Test
    public void aHandOutThatCameToNothingPromisesNothing() throws Exception {
        handOut("one", 10_000);
        handOut("two", 80_000);
        assertTrue(handOut("three", 70_000).isClean());
    }

    @Test
    public void theLockIsHeldAsLongAsOneOfThemLives() throws Exception {
        handOut("one", 1_000);
        handOut("two", 1_000);
        takeBack("one");
        assertThat(holder(), containsString("two #1"));
        assertEquals(1, others.tryLockShared("x", "somebody's shell", List.of(A.uuid())).size());
        takeBack("two");
        assertNull(holder());
    }

    @Test
    public void exclusiveAndSharedClaimsAreNeverMixed() throws Exception {
        Claim whole = new Claim("whole", "whole #1", List.of(A.uuid()), null, true, true);
        handOut("one", 1_000);
        assertThat(probe.handOut(whole).get(A.uuid()).reason(), containsString("leased on this host by one #1"));
        takeBack("one");
        assertTrue(probe.handOut(whole).get(A.uuid()).isClean());
        assertThat(handOut("one", 1_000).reason(), containsString("leased on this host by whole #1"));
    }

    @Test
    public void whoLeavesAnswersForItsOwnProcessesOnly() throws Exception {
        handOut("one", 10_000);
        handOut("two", 10_000);
        uses(500, 700);
        Verdict verdict = takeBack("two");
        assertEquals("in use by pid 21 (train) with 700 MiB", verdict.reason());
        assertTrue("it is left over, so it is a stranger now", handOut("three", 1_000).reason().contains("pid 21 (train)"));
        assertEquals(Verdict.Condition.OCCUPIED, probe.poll(0, List.of(A.uuid())).verdicts().get(A.uuid()).condition());
        uses(500, -1);
        assertTrue(probe.poll(0, List.of(A.uuid())).verdicts().get(A.uuid()).isClean());
        assertTrue(handOut("three", 1_000).isClean());
    }

    @Test
    public void theLastOneAnswersForAllThatIsLeft() throws Exception {
        handOut("one", 10_000);
        uses(-1, 700);
        assertEquals("in use by pid 21 (train) with 700 MiB", takeBack("one").reason());
    }

    @Test
    public void usageIsTheLeasesOwn() throws Exception {
        handOut("one", 10_000);
        uses(500, -1);
        handOut("two", 10_000);
        uses(600, 4_000);
        int reads = source.reads().size();
        Await.until("samples", () -> source.reads().size() > reads + 1);
        DeviceUsage usage = probe.takeBack(claim("one", 1)).usage().devices().get(0);
        assertEquals(MemorySize.ofMib(600), usage.peakMemory());
        assertNull("the device's utilization is nobody's alone", usage.meanUtilization());
    }

    @Test
    public void aBudgetThatIsNotKeptIsToldOnce() throws Exception {
        handOut("one", 10_000);
        handOut("two", 10_000);
        uses(9_000, 12_000);
        List<OverBudget> events = new ArrayList<>();
        Await.until("an event", () -> events.addAll(probe.poll(0, List.of()).overBudget()));
        OverBudget event = events.get(0);
        assertEquals("two", event.lease());
        assertEquals(MemorySize.ofMib(12_000), event.used());
        assertEquals(MemorySize.ofMib(10_000), event.budget());
        assertEquals(21, event.processes().get(0).pid());
        int reads = source.reads().size();
        Await.until("more samples", () -> source.reads().size() > reads + 2);
        Status status = probe.poll(0, List.of());
        assertEquals(List.of(event), status.overBudget());
        assertEquals(List.of(), probe.poll(status.lastEvent(), List.of()).overBudget());
    }

    @Test
    public void sharedLeasesAreTakenUpWithTheirBudgets() throws Exception {
        uses(500, 700);
        assertEquals(Map.of(A.uuid(), Verdict.CLEAN), probe.adopt(claim("one", 40_000)));
        assertEquals(Map.of(A.uuid(), Verdict.CLEAN), probe.adopt(claim("two", 40_000)));
        assertEquals(Verdict.Condition.INSUFFICIENT, handOut("three", 2_000).condition());
        assertTrue(handOut("three", 1_000).isClean());
    }

    @Test
    public void aSecondHandOutOfALeaseDoesNotCountTwice() throws Exception {
        handOut("one", 50_000);
        assertTrue(handOut("one", 50_000).isClean());
        takeBack("one");
        assertNull(holder());
    }
}
