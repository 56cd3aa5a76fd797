package io.jenkins.plugins.gpulease.request;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class LeaseTextTest {

    private static final Device GPU = Gpus.h100(3);
    private static final Lease LEASE = new Lease(
            "a", "agent-1", List.of(GPU, Gpus.t4(11)), null, new Holder("p#1/a", "p #1"), null, Instant.EPOCH, Instant.EPOCH);

    @Test
    public void grantedDevicesAreAnAlignedTable() {
        assertEquals(
                List.of(
                        "GPU lease: granted 2 GPUs on agent-1 after 3.2 s",
                        "   GPU  Model                  Memory    PCI bus id        UUID",
                        "     3  NVIDIA H100 80GB HBM3  79.6 GiB  00000000:13:00.0  GPU-3",
                        "    11  Tesla T4               15 GiB    00000000:1b:00.0  GPU-11"),
                LeaseText.granted(LEASE, Duration.ofMillis(3_200), null));
    }

    @Test
    public void whoGetsMoreMigInstancesThanOneProcessCanUseIsWarned() {
        Device frame = Gpus.inMigMode(Gpus.a100(0));
        List<Device> instances = List.of(Gpus.instanceOf(frame, "1g.5gb"), Gpus.instanceOf(frame, "2g.10gb"));
        Lease lease = new Lease("a", "agent-1", instances, null, new Holder("p#1/a", "p #1"), null, Instant.EPOCH, Instant.EPOCH);

        List<String> lines = LeaseText.granted(lease, Duration.ZERO, DottedVersion.parse("550.54"));

        assertEquals(
                "GPU lease: WARNING CUDA with driver 550.54 uses at most 1 of these 2 MIG instances in one process; start a process for"
                        + " each, with CUDA_VISIBLE_DEVICES set to one entry of GPU_UUIDS",
                lines.get(lines.size() - 1));
    }

    @Test
    public void whatWasUsedIsInOneLine() {
        DeviceUsage first = new DeviceUsage(
                "GPU-3", 60, MemorySize.ofMib(31_949), MemorySize.ofMib(20_000), 80, 100, 700_000.0, 0, List.of());
        DeviceUsage second = new DeviceUsage("GPU-11", 60, null, null, 46, 50, 56_000.0, 0, List.of());
        LeaseUsage usage = new LeaseUsage(Duration.ofSeconds(723), List.of(first, second));

        assertEquals(
                List.of("GPU lease: returned 2 GPUs of agent-1 after 12 min 3 s; "
                        + "peak memory 31.2 GiB of 79.6 GiB, mean utilisation 63 %, 210 Wh"),
                LeaseText.returned(LEASE, Duration.ofSeconds(723), new Returned(Map.of(), usage)));
    }

    @Test
    public void whatNobodyCouldTellIsLeftOut() {
        assertEquals(
                List.of("GPU lease: returned 2 GPUs of agent-1 after 40 ms"),
                LeaseText.returned(LEASE, Duration.ofMillis(40), new Returned(Map.of(), LeaseUsage.UNKNOWN)));
    }

    @Test
    public void aProcessThatIsLeftIsNamed() {
        Verdict occupied = Verdict.occupied(
                "still in use", List.of(new GpuProcess(4711, "python", MemorySize.ofMib(12_288), GpuProcess.Kind.COMPUTE)));

        List<String> lines = LeaseText.returned(
                LEASE, Duration.ZERO, new Returned(Map.of("GPU-3", occupied), LeaseUsage.UNKNOWN));

        assertEquals(
                "GPU lease: WARNING 1 process is left on GPU 3 (GPU-3): pid 4711 (python) with 12 GiB; "
                        + "the device stays in quarantine until it is clean",
                lines.get(1));
    }

    @Test
    public void onlyTimePassingChangesNothingInAReport() {
        List<String> early = LeaseText.waiting("agent-1", List.of("GPU 0: leased by p #1 for 59 s", "Place 2 of 3"));
        List<String> late = LeaseText.waiting("agent-1", List.of("GPU 0: leased by p #1 for 1 min", "Place 2 of 3"));
        List<String> nearer = LeaseText.waiting("agent-1", List.of("GPU 0: leased by p #1 for 1 min", "Place 1 of 3"));

        assertEquals(LeaseText.withoutTimes(early), LeaseText.withoutTimes(late));
        assertNotEquals(LeaseText.withoutTimes(late), LeaseText.withoutTimes(nearer));
    }

    @Test
    public void noConsoleNoteCanBeForged() {
        assertEquals("GPU  [8mha:////x  [0m\nnext", LeaseText.plain("GPU \u001b[8mha:////x\r\u001b[0m\nnext"));
    }
}
