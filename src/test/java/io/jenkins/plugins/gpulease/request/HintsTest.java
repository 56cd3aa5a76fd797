package io.jenkins.plugins.gpulease.request;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.HintThresholds;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class HintsTest {

    private static final Duration HELD = Duration.ofSeconds(100);

    private static List<String> lines(String asked, Map<String, Verdict> verdicts, DeviceUsage... devices) {
        Lease lease = new Lease(
                "a",
                "n",
                devices.length == 1 ? List.of(Gpus.h100(0)) : List.of(Gpus.h100(0), Gpus.h100(1)),
                asked == null ? null : MemorySize.parse(asked),
                new Holder("h", "h"),
                null,
                Instant.EPOCH,
                Instant.EPOCH);
        return Hints.lines(
                HintThresholds.DEFAULT, lease, HELD, new Returned(verdicts, new LeaseUsage(HELD, List.of(devices))));
    }

    private static DeviceUsage gpu(int index, String peak, int utilization, double throttledSeconds) {
        MemorySize memory = MemorySize.parse(peak);
        return new DeviceUsage("GPU-" + index, 100, memory, memory, utilization, utilization, null, throttledSeconds, List.of());
    }

    @Test
    public void eachHintSaysWhatAndWhatToDo() {
        assertEquals(
                List.of(
                        "GPU lease: hint: GPU 1 was never used (1 of 2); ask for count: 1, or let the program use all",
                        "GPU lease: hint: the GPUs were busy for 3 % of the time only; probably they wait for data: look at the input"
                                + " pipeline, or use fewer GPUs",
                        "GPU lease: hint: at most 6 GB of memory was used of 40 GB that the block asks for; with minMemory: '8 GB' or 'auto'"
                                + " more GPUs would suit, and fewer wait",
                        "GPU lease: hint: for 40 % of the time power, heat or another limit slowed the clocks down; nvidia-smi -q -d"
                                + " PERFORMANCE on the agent says which"),
                lines("40 GB", Map.of(), gpu(0, "6 GB", 3, 40), gpu(1, "1 MB", 0, 0)));
    }

    @Test
    public void aLargeCardIsToldWithItsSize() {
        assertEquals(
                List.of("GPU lease: hint: at most 6 GB of memory was used of 79.6 GiB; with minMemory: '8 GB' or 'auto' a part of a GPU would"
                        + " do: a MIG instance, or a shared one"),
                lines(null, Map.of(), gpu(0, "6 GB", 90, 0)));
    }

    @Test
    public void noneUsedIsToldAsSuch() {
        assertEquals(
                List.of("GPU lease: hint: the GPU was never used; does the program find it? It sees it in CUDA_VISIBLE_DEVICES"),
                lines(null, Map.of(), gpu(0, "1 MB", 0, 0)));
        assertEquals(
                List.of("GPU lease: hint: none of the 2 GPUs was used; does the program find them? It sees them in CUDA_VISIBLE_DEVICES"),
                lines(null, Map.of(), gpu(0, "1 MB", 0, 0), gpu(1, "1 MB", 0, 0)));
    }

    @Test
    public void programsThatAreLeftAreCounted() {
        GpuProcess process = new GpuProcess(1, "python", null, GpuProcess.Kind.COMPUTE);
        assertEquals(
                List.of("GPU lease: hint: 2 processes outlived the block, and the next one has to wait for them; end servers and workers inside"
                        + " the block"),
                lines("40 GB", Map.of("GPU-0", Verdict.occupied("in use", List.of(process, process))), gpu(0, "30 GB", 90, 0)));
    }
}
