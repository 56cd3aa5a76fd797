package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.Test;

/** The lease "a" has 6 GB of GPU-0 and of GPU-1. */
public class ReportedBudgetsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static Lease lease(String id, boolean shared) {
        return new Lease(id, "agent-1", List.of(Gpus.t4(0), Gpus.t4(1)), MemorySize.parse("6 GB"), new Holder(id, "build " + id),
                null, Instant.EPOCH, Instant.EPOCH, shared);
    }

    private static OverBudget report(@CheckForNull String lease, @CheckForNull String uuid, @CheckForNull String used) {
        MemorySize size = used == null ? null : MemorySize.parse(used);
        return new OverBudget(lease, uuid, size, MemorySize.parse("1 GB"), List.of(), Instant.EPOCH);
    }

    private static List<OverBudget> accept(OverBudget... reported) {
        return List.copyOf(ReportedBudgets.accept(List.of(reported), List.of(lease("a", true), lease("whole", false)), NOW));
    }

    @Test
    public void theBudgetIsTheLeasesWhateverTheAgentSays() {
        OverBudget accepted = accept(report("a", "GPU-0", "8 GB")).get(0);
        assertEquals(MemorySize.parse("6 GB"), accepted.budget());
        assertEquals(MemorySize.parse("8 GB"), accepted.used());
        assertEquals(NOW, accepted.at());
    }

    @Test
    public void whoKeepsItsBudgetIsNotAccused() {
        assertEquals(List.of(), accept(report("a", "GPU-0", "6 GB"), report("a", "GPU-0", "2 GB")));
    }

    @Test
    public void otherLeasesAndDevicesAreDropped() {
        assertEquals(List.of(), accept(
                report("b", "GPU-0", "8 GB"),
                report("whole", "GPU-0", "8 GB"),
                report("a", "GPU-7", "8 GB"),
                report(null, null, "8 GB"),
                report("a", "GPU-0", null)));
    }

    @Test
    public void theLastWordOnADeviceCounts() {
        List<OverBudget> accepted =
                accept(report("a", "GPU-0", "8 GB"), report("a", "GPU-1", "7 GB"), report("a", "GPU-0", "9 GB"));
        assertEquals(2, accepted.size());
        assertEquals(MemorySize.parse("9 GB"), accepted.get(0).used());
        assertEquals("GPU-1", accepted.get(1).uuid());
    }

    @Test
    public void processesAreBoundedInNumberAndInWords() {
        GpuProcess forged = new GpuProcess(-5, "python\u001b[31m\nERROR", null, GpuProcess.Kind.COMPUTE);
        OverBudget reported = new OverBudget(
                "a", "GPU-0", MemorySize.parse("8 GB"), MemorySize.ZERO, Collections.nCopies(1_000, forged), NOW);

        List<GpuProcess> processes = accept(reported).get(0).processes();

        assertEquals(ReportedVerdicts.MAX_PROCESSES, processes.size());
        assertFalse(processes.get(0).command(), processes.get(0).command().chars().anyMatch(Character::isISOControl));
        assertEquals(0, processes.get(0).pid());
    }

    @Test
    public void aFloodIsCutOff() {
        List<OverBudget> flood = new ArrayList<>(Collections.nCopies(100, report("b", "GPU-0", "8 GB")));
        flood.add(report("a", "GPU-0", "8 GB"));
        assertEquals(0, ReportedBudgets.accept(flood, List.of(lease("a", true)), NOW).size());
    }
}
