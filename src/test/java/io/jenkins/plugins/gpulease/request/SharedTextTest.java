package io.jenkins.plugins.gpulease.request;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class SharedTextTest {

    private static final MemorySize BUDGET = MemorySize.parse("6 GB");

    private static Lease lease(String id, String budget, Device... devices) {
        return new Lease(id, "agent-1", List.of(devices), MemorySize.parse(budget), new Holder("p#1/" + id, "p #" + id), null,
                Instant.EPOCH, Instant.EPOCH, true);
    }

    private static NodeView node(List<Lease> leases) {
        return new NodeView("agent-1", 1, Gpus.inventory(Gpus.t4(0), Gpus.t4(1)), null, List.of(), leases, List.of());
    }

    private static OverBudget use(String lease, String used, GpuProcess... processes) {
        return new OverBudget(lease, "GPU-1", MemorySize.parse(used), BUDGET, List.of(processes), Instant.EPOCH);
    }

    @Test
    public void eachDeviceSaysWhoElseIsThere() {
        Lease mine = lease("1", "6 GB", Gpus.t4(0), Gpus.t4(1));
        Lease other = lease("2", "2 GB", Gpus.t4(1));

        assertEquals(
                List.of(
                        "  GPU 0: 6 GB of its 15 GiB are the budget of this lease; nobody else shares it now",
                        "  GPU 1: 6 GB of its 15 GiB are the budget of this lease; shared with p #2 (2 GB)"),
                SharedText.neighbours(mine, node(List.of(mine, other))));
    }

    @Test
    public void aLeaseThatHasItsDevicesToItselfSaysNothing() {
        Lease whole = new Lease("1", "agent-1", List.of(Gpus.t4(0)), BUDGET, new Holder("p#1/1", "p #1"), null, Instant.EPOCH,
                Instant.EPOCH);
        assertEquals(List.of(), SharedText.neighbours(whole, node(List.of(whole))));
    }

    @Test
    public void manyNeighboursAreCounted() {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            leases.add(lease(Integer.toString(i), "1 GB", Gpus.t4(0)));
        }
        String line = SharedText.neighbours(leases.get(0), node(leases)).get(0);
        assertTrue(line, line.endsWith("p #7 (1 GB), p #8 (1 GB) and 3 more"));
    }

    @Test
    public void theWarningHasTheNumbersAndTheProcesses() {
        GpuProcess process = new GpuProcess(4711, "python", MemorySize.parse("8 GB"), GpuProcess.Kind.COMPUTE);

        assertEquals(
                List.of("GPU lease: WARNING the programs of this lease use 8 GB of GPU 1 on agent-1, 2 GB more than their budget"
                        + " (minMemory) of 6 GB: pid 4711 (python) with 8 GB. That memory is promised to others; use less, or ask for more"),
                SharedText.overBudget(lease("1", "6 GB", Gpus.t4(1)), use("1", "8 GB", process)));
    }

    @Test
    public void theFailureNamesTheBlockThatBrokeItsPromise() {
        GpuProcess process = new GpuProcess(4711, "python", null, GpuProcess.Kind.COMPUTE);

        assertEquals(
                "The GPU lease of p #1 uses 8 GB of GPU 1 on agent-1, more than its budget (minMemory) of 6 GB: pid 4711 (python)."
                        + " agent-1 is configured to fail for that; use less memory, or ask for more",
                SharedText.overBudgetFailure(lease("1", "6 GB", Gpus.t4(1)), use("1", "8 GB", process)));
    }

    @Test
    public void linesOfASharedLeaseSayItsBudget() {
        Lease one = lease("1", "6 GB", Gpus.t4(1));
        DeviceUsage usage = new DeviceUsage("GPU-1", 60, MemorySize.parse("5 GB"), null, null, null, null, 0, List.of());
        Returned returned = new Returned(Map.of(), new LeaseUsage(Duration.ofSeconds(9), List.of(usage)));

        assertEquals("GPU lease: Jenkins was restarted; still holding 1 shared GPU with 6 GB on agent-1", LeaseText.resumed(one).get(0));
        assertEquals("GPU lease: granted 2 shared GPUs with 6 GB of each on agent-1 after 1.0 s",
                LeaseText.granted(lease("1", "6 GB", Gpus.t4(0), Gpus.t4(1)), Duration.ofSeconds(1), null).get(0));
        assertEquals(
                List.of("GPU lease: returned 1 shared GPU with 6 GB of agent-1 after 9.0 s; peak memory 5 GB of its budget of 6 GB"),
                LeaseText.returned(one, Duration.ofSeconds(9), returned));
    }
}
