package io.jenkins.plugins.gpulease.engine.nvml;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess.Kind;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;

/** Process lists of each generation of drivers: entries of 16, 24 and, undeclared, 32 bytes. */
@RunWith(Parameterized.class)
public class ProcessReaderTest {

    /** Above the largest pid that Linux gives out. */
    private static final long NOBODY = 4_200_000;

    @Parameterized.Parameters(name = "{0}")
    public static List<FakeNvml.Generation> generations() {
        return List.of(FakeNvml.Generation.R450, FakeNvml.Generation.R470, FakeNvml.Generation.R510,
                FakeNvml.Generation.R535_BROKEN, FakeNvml.Generation.CURRENT);
    }

    @Rule
    public final FakeNvml nvml;

    private final FakeNvml.Generation generation;

    public ProcessReaderTest(FakeNvml.Generation generation) {
        this.generation = generation;
        this.nvml = new FakeNvml(generation);
    }

    private FakeGpu gpu() {
        return nvml.world().gpu("GPU-a");
    }

    private List<GpuProcess> processes() {
        return nvml.read("GPU-a").processes();
    }

    @Test
    public void anIdleGpuHasNone() {
        gpu();
        assertEquals(List.of(), processes());
    }

    @Test
    public void oneProcessIsReadWithItsMemory() {
        gpu().process(NOBODY, 512);
        assertEquals(List.of(new GpuProcess(NOBODY, null, MemorySize.ofMib(512), Kind.COMPUTE)), processes());
    }

    @Test
    public void severalProcessesAreReadInOrder() {
        gpu().process(NOBODY + 1, 1).process(NOBODY + 2, 2).process(NOBODY + 3, 30_000);
        assertEquals(
                List.of("pid 4200001 with 1 MiB", "pid 4200002 with 2 MiB", "pid 4200003 with 29.3 GiB"),
                processes().stream().map(GpuProcess::toString).toList());
    }

    @Test
    public void moreProcessesThanThereIsRoomForAreReadInASecondCall() {
        for (int i = 0; i < 150; i++) {
            gpu().process(NOBODY + i, i + 1);
        }
        List<GpuProcess> processes = processes();
        assertEquals(150, processes.size());
        assertEquals(NOBODY + 149, processes.get(149).pid());
        assertEquals(MemorySize.ofMib(150), processes.get(149).memory());
    }

    @Test
    public void aListThatGrowsBetweenTheCallsIsReadInTheEnd() {
        gpu().process(NOBODY, 512).processListGrows(3, 40);
        assertEquals(1, processes().size());
    }

    @Test
    public void aListThatGrowsForEverEndsTheAttempts() {
        gpu().process(NOBODY, 512).processListGrows(1_000_000, 1);
        assertEquals(List.of(), processes());
        assertTrue(nvml.calls().size() < 100);
    }

    @Test
    public void unknownMemoryIsNotANumber() {
        gpu().processOfUnknownMemory(NOBODY);
        assertNull(processes().get(0).memory());
    }

    @Test
    public void aProcessThatCanBeSeenHasACommand() {
        gpu().process(ProcessHandle.current().pid(), 512);
        String command = processes().get(0).command();
        assertNotNull(command);
        assertTrue(command, command.contains("java"));
    }

    @Test
    public void aProcessThatOnlyDrawsIsToldApart() {
        gpu().process(NOBODY, 5, Kind.GRAPHICS);
        assertEquals(Kind.GRAPHICS, processes().get(0).kind());
    }

    @Test
    public void aProcessThatComputesAndDrawsIsListedOnceAsADesktops() {
        gpu().process(NOBODY, 512).alsoDraws(NOBODY, 512);
        assertEquals(List.of(new GpuProcess(NOBODY, null, MemorySize.ofMib(512), Kind.GRAPHICS)), processes());
    }

    @Test
    public void aProcessThatComputesAndDrawsWithUnknownMemoryIsADesktops() {
        gpu().processOfUnknownMemory(NOBODY).alsoDraws(NOBODY, 5);
        assertEquals(List.of(Kind.GRAPHICS), processes().stream().map(GpuProcess::kind).toList());
    }

    @Test
    public void aProcessThatDrawsAndUsesMuchMemoryComputes() {
        gpu().process(NOBODY, 513).alsoDraws(NOBODY, 513);
        assertEquals(List.of(new GpuProcess(NOBODY, null, MemorySize.ofMib(513), Kind.COMPUTE)), processes());
    }

    @Test
    public void clientsOfMpsAreListedWhereTheDriverTells() {
        gpu().process(NOBODY, 5, Kind.MPS);
        List<Kind> expected = generation == FakeNvml.Generation.R450 ? List.of() : List.of(Kind.MPS);
        assertEquals(expected, processes().stream().map(GpuProcess::kind).toList());
    }

    @Test
    public void hiddenProcessesShowInTheUsedMemory() {
        gpu().reservedMib(0).hiddenMib(7000);
        assertEquals(List.of(), processes());
        assertEquals(MemorySize.ofMib(7000), nvml.read("GPU-a").memoryUsed());
    }

    @Test
    public void noMoreThan4096ProcessesAreListed() {
        for (int i = 0; i < 4200; i++) {
            gpu().process(NOBODY + i, 1);
        }
        assertEquals(ProcessReader.MOST_PROCESSES, processes().size());
    }
}
