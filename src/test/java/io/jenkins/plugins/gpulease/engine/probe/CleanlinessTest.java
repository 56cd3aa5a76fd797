package io.jenkins.plugins.gpulease.engine.probe;

import static io.jenkins.plugins.gpulease.engine.device.Verdict.Condition.CLEAN;
import static io.jenkins.plugins.gpulease.engine.device.Verdict.Condition.INSUFFICIENT;
import static io.jenkins.plugins.gpulease.engine.device.Verdict.Condition.OCCUPIED;
import static io.jenkins.plugins.gpulease.engine.device.Verdict.Condition.SICK;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.GpuProcess.Kind;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Readings;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.util.List;
import org.junit.Test;

public class CleanlinessTest {

    private static final MemorySize TOTAL = MemorySize.ofMib(81_559);

    private record Case(String name, Readings reading, String minMemory, Verdict.Condition exclusive, Verdict.Condition shared) {}

    private static Readings idle() {
        return Readings.of("GPU-a");
    }

    private static final List<Case> CASES = List.of(
            new Case("idle", idle(), null, CLEAN, CLEAN),
            new Case("sick", idle().sick("lost"), null, SICK, SICK),
            new Case("compute process", idle().process(7, "python", 900, Kind.COMPUTE), null, OCCUPIED, CLEAN),
            new Case("MPS client", idle().process(7, null, -1, Kind.MPS), null, OCCUPIED, CLEAN),
            new Case("MPS server", idle().process(7, "/usr/bin/nvidia-cuda-mps-server", 30, Kind.COMPUTE).usedMib(60), null, CLEAN, CLEAN),
            new Case("another user's MPS server", idle().process(7, "nvidia-cuda-mps", -1, Kind.COMPUTE).usedMib(60), null, CLEAN, CLEAN),
            new Case("MPS server with its clients' memory", idle().process(7, "nvidia-cuda-mps", 513, Kind.COMPUTE), null, OCCUPIED, CLEAN),
            new Case("MPS server and client",
                    idle().process(7, "nvidia-cuda-mps-server", 30, Kind.COMPUTE).process(8, "python", 300, Kind.MPS), null, OCCUPIED, CLEAN),
            new Case("display server", idle().process(7, "Xorg", 40, Kind.GRAPHICS).usedMib(48), null, CLEAN, CLEAN),
            new Case("busy display server", idle().process(7, "Xorg", 900, Kind.GRAPHICS).usedMib(950), null, CLEAN, CLEAN),
            new Case("display server of unknown size", idle().process(7, "Xorg", -1, Kind.GRAPHICS).usedMib(950), null, CLEAN, CLEAN),
            new Case("more than the display server", idle().process(7, "Xorg", 40, Kind.GRAPHICS).usedMib(900), null, OCCUPIED, CLEAN),
            new Case("some memory", idle().usedMib(512), null, CLEAN, CLEAN),
            new Case("unexplained memory", idle().usedMib(513), null, OCCUPIED, CLEAN),
            new Case("reserve of an old driver", idle().usedMib(1536).usedIncludesReserve(), null, CLEAN, CLEAN),
            new Case("more than a reserve", idle().usedMib(1537).usedIncludesReserve(), null, OCCUPIED, CLEAN),
            new Case("unknown memory", idle().unknownMemory(), null, CLEAN, CLEAN),
            new Case("unknown memory, some asked for", idle().unknownMemory(), "1 GB", INSUFFICIENT, CLEAN),
            new Case("the nominal size of the card", idle(), "80 GB", CLEAN, CLEAN),
            new Case("more than there is", idle(), "90 GB", INSUFFICIENT, CLEAN),
            new Case("not enough left", idle().usedMib(400), "81200 MiB", INSUFFICIENT, CLEAN),
            new Case("just enough left", idle().usedMib(400), "81159 MiB", CLEAN, CLEAN),
            new Case("reserve doesn't count as used", idle().usedMib(900).usedIncludesReserve(), "81559 MiB", CLEAN, CLEAN),
            new Case("beyond the reserve counts", idle().usedMib(1025).usedIncludesReserve(), "81559 MiB", INSUFFICIENT, CLEAN));

    @Test
    public void devicesAreJudgedByUseAndHealth() {
        for (Case each : CASES) {
            MemorySize min = each.minMemory() == null ? null : MemorySize.parse(each.minMemory());
            assertEquals(each.name(), each.exclusive(), judge(new Cleanliness(true, min), each.reading()).condition());
            assertEquals(each.name() + ", shared", each.shared(), judge(new Cleanliness(false, min), each.reading()).condition());
        }
    }

    private static Verdict judge(Cleanliness cleanliness, Readings reading) {
        return cleanliness.judge(reading.build(), null, TOTAL);
    }

    @Test
    public void howMuchAnIdleDeviceMayUseCanBeSet() {
        Cleanliness tolerant = new Cleanliness(true, null, MemorySize.parse("2 GiB"));
        assertEquals(CLEAN, judge(tolerant, idle().usedMib(2048)).condition());
        assertEquals(OCCUPIED, judge(tolerant, idle().usedMib(2049)).condition());
        assertEquals(CLEAN, judge(tolerant, idle().usedMib(3072).usedIncludesReserve()).condition());
    }

    @Test
    public void aRememberedFaultMakesADeviceSick() {
        Verdict verdict = Cleanliness.HEALTHY.judge(idle().build(), "Xid 79", TOTAL);
        assertEquals(Verdict.sick("Xid 79"), verdict);
    }

    @Test
    public void processesAreNamed() {
        Verdict verdict = judge(new Cleanliness(true, null), idle().process(4711, "python", 2048, Kind.COMPUTE));
        assertEquals("in use by pid 4711 (python) with 2 GiB", verdict.reason());
        assertEquals(4711, verdict.processes().get(0).pid());
    }

    @Test
    public void notAllOfManyProcessesAreNamed() {
        Readings reading = idle();
        for (int pid = 1; pid <= 9; pid++) {
            reading.process(pid, "python", 10, Kind.COMPUTE);
        }
        Verdict verdict = judge(new Cleanliness(true, null), reading);
        assertTrue(verdict.reason(), verdict.reason().endsWith("pid 5 (python) with 10 MiB and 4 more"));
        assertEquals(9, verdict.processes().size());
    }

    @Test
    public void withoutATotalTheDriversFreeMemoryCounts() {
        Cleanliness asked = new Cleanliness(true, MemorySize.parse("16 GiB"));
        assertEquals(CLEAN, asked.judge(idle().freeMib(16_384).build(), null, null).condition());
        assertEquals(INSUFFICIENT, asked.judge(idle().freeMib(16_383).build(), null, null).condition());
    }
}
