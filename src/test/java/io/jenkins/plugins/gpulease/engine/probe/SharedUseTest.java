package io.jenkins.plugins.gpulease.engine.probe;

import static io.jenkins.plugins.gpulease.engine.device.Verdict.Condition.CLEAN;
import static io.jenkins.plugins.gpulease.engine.device.Verdict.Condition.INSUFFICIENT;
import static io.jenkins.plugins.gpulease.engine.device.Verdict.Condition.OCCUPIED;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.GpuProcess.Kind;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Readings;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.usage.ProcFolder;
import java.util.Arrays;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** On a device with 16,384 MiB, of which 512 MiB are kept free. */
public class SharedUseTest {

    private static final MemorySize TOTAL = MemorySize.ofMib(16_384);
    private static final MemorySize MARGIN = MemorySize.ofMib(512);

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private ProcFolder proc;

    @Before
    public void processes() {
        proc = new ProcFolder(temporary.getRoot().toPath());
        proc.inLease(11, "one").inLease(21, "two").inLease(31, "ended").process(41, 1, "A=b");
    }

    private static Claim.Share share(long mib) {
        return new Claim.Share(MemorySize.ofMib(mib), MARGIN);
    }

    private static Claim claim(String lease, long mib) {
        return Claim.shared(lease, "build #1", List.of("GPU-a"), share(mib), true);
    }

    private Verdict judge(Claim.Share newcomer, Readings readings, Claim... neighbours) {
        Cleanliness idle = new Cleanliness(true, null);
        return new SharedUse(Arrays.asList(neighbours), newcomer, idle, proc.leases()).judge(readings.build(), null, TOTAL);
    }

    private static Readings reading(long usedMib) {
        return Readings.of("GPU-a").usedMib(usedMib);
    }

    @Test
    public void theFirstOneWantsAnIdleDevice() {
        assertEquals(CLEAN, judge(share(6000), reading(0)).condition());
        assertEquals(OCCUPIED, judge(share(6000), reading(900)).condition());
        assertEquals(OCCUPIED, judge(share(6000), reading(300).process(21, "python", 300, Kind.COMPUTE)).condition());
    }

    @Test
    public void noBudgetReachesIntoTheMargin() {
        assertEquals(CLEAN, judge(share(15_872), reading(0)).condition());
        assertEquals(INSUFFICIENT, judge(share(15_873), reading(0)).condition());
    }

    @Test
    public void theNextOneGetsWhatIsNotPromised() {
        Readings used = reading(1000).process(11, "python", 1000, Kind.COMPUTE);
        assertEquals(CLEAN, judge(share(9872), used, claim("one", 6000)).condition());
        Verdict verdict = judge(share(9873), used, claim("one", 6000));
        assertEquals(INSUFFICIENT, verdict.condition());
        assertEquals("only 9.6 GiB of memory left to share, and 9.6 GiB are asked for: of 16 GiB, 5.9 GiB are bound by 1 lease that"
                + " share it, 0 MiB are in use by others, and 512 MiB are kept free at least", verdict.reason());
    }

    @Test
    public void whatANeighbourUsesBeyondItsBudgetCounts() {
        Readings used = reading(8000).process(11, "python", 8000, Kind.COMPUTE);
        assertEquals(CLEAN, judge(share(7872), used, claim("one", 6000)).condition());
        assertEquals(INSUFFICIENT, judge(share(7873), used, claim("one", 6000)).condition());
    }

    @Test
    public void memoryThatNobodyExplainsCounts() {
        Readings used = reading(3000).process(11, "python", 1000, Kind.COMPUTE);
        assertEquals(CLEAN, judge(share(8384), used, claim("one", 6000)).condition());
        assertEquals(INSUFFICIENT, judge(share(8385), used, claim("one", 6000)).condition());
    }

    @Test
    public void whatANeighbourUsesUntoldIsWithinItsBudgetAsFarAsItGoes() {
        Readings used = reading(7000).process(11, "python", -1, Kind.COMPUTE);
        assertEquals(CLEAN, judge(share(9384), used, claim("one", 6000)).condition());
        assertEquals(INSUFFICIENT, judge(share(9385), used, claim("one", 6000)).condition());
    }

    @Test
    public void onlyNeighboursProcessesMayBeThere() {
        Readings neighbour = reading(100).process(11, "python", 100, Kind.COMPUTE);
        assertEquals(CLEAN, judge(share(1000), neighbour, claim("one", 6000)).condition());
        for (long stranger : new long[] {31, 41}) {
            Verdict verdict = judge(share(1000), reading(200)
                    .process(11, "python", 100, Kind.COMPUTE)
                    .process(stranger, "train", 100, Kind.COMPUTE), claim("one", 6000), claim("two", 100));
            assertEquals(OCCUPIED, verdict.condition());
            assertEquals(List.of(stranger), verdict.processes().stream().map(process -> process.pid()).toList());
        }
    }

    @Test
    public void aProcessThatCannotBeAskedIsSaidToBeSuch() {
        Verdict verdict = judge(share(1000), reading(200).process(99, null, 100, Kind.COMPUTE), claim("one", 6000));
        assertEquals(OCCUPIED, verdict.condition());
        assertThat(verdict.reason(), containsString("in use by pid 99 with 100 MiB; it can't be told whether that belongs to a lease"));
    }

    @Test
    public void theMpsServerAndDisplaysAreNoStrangers() {
        Readings readings = reading(3000)
                .process(98, "Xorg", 40, Kind.GRAPHICS)
                .process(99, "nvidia-cuda-mps", 2960, Kind.COMPUTE)
                .process(11, "python", -1, Kind.MPS);
        assertEquals(CLEAN, judge(share(1000), readings, claim("one", 6000)).condition());
    }

    @Test
    public void aDeviceThatDoesNotTellItsMemoryCannotBeShared() {
        Verdict verdict = new SharedUse(List.of(), share(10), new Cleanliness(true, null), proc.leases())
                .judge(reading(0).build(), null, null);
        assertEquals(INSUFFICIENT, verdict.condition());
    }

    @Test
    public void lookedAtWithoutANewcomerOnlyProcessesCount() {
        Readings used = reading(16_000).process(11, "python", 16_000, Kind.COMPUTE);
        assertEquals(CLEAN, judge(null, used, claim("one", 6000)).condition());
    }

    @Test
    public void whatNeighboursDoIsNotLeftBehindByWhoLeaves() {
        LeftBehind standard = new LeftBehind("two", List.of(claim("one", 100)), proc.leases());
        Readings neighbours = reading(900).process(11, "python", 500, Kind.COMPUTE).process(41, "x", 400, Kind.COMPUTE);
        assertEquals(CLEAN, standard.judge(neighbours.build(), null, TOTAL).condition());
        Verdict verdict = standard.judge(neighbours.process(21, "train", 10, Kind.COMPUTE).build(), null, TOTAL);
        assertEquals("in use by pid 21 (train) with 10 MiB", verdict.reason());
    }
}
