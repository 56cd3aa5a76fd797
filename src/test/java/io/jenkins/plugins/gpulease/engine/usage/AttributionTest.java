package io.jenkins.plugins.gpulease.engine.usage;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;

import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess.Kind;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Readings;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class AttributionTest {

    private static final List<String> LEASES = List.of("one", "two");

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private ProcFolder proc;

    @Before
    public void processes() {
        proc = new ProcFolder(temporary.getRoot().toPath());
        proc.inLease(11, "one").inLease(12, "one").inLease(21, "two").inLease(31, "ended").process(41, 1, "A=b");
    }

    private Attribution attribution(Readings readings) {
        return new Attribution(readings.build(), proc.leases(), LEASES);
    }

    private static Readings reading() {
        return Readings.of("GPU-a").usedMib(5000).utilization(80).watts(300);
    }

    private static List<Long> pids(List<GpuProcess> processes) {
        return processes.stream().map(GpuProcess::pid).toList();
    }

    @Test
    public void memoryIsAddedUpByLease() {
        Attribution attribution = attribution(reading()
                .process(11, "python", 1000, Kind.COMPUTE)
                .process(12, "python", 500, Kind.MPS)
                .process(21, "python", 2000, Kind.COMPUTE));
        assertEquals(MemorySize.ofMib(1500), attribution.of("one").atLeast());
        assertEquals(List.of(11L, 12L), pids(attribution.of("one").processes()));
        assertEquals(MemorySize.ofMib(2000), attribution.of("two").atLeast());
        assertEquals(List.of(), attribution.others());
    }

    @Test
    public void whoBelongsToNoneOfTheLeasesIsToldApartFromWhoCannotBeAsked() {
        Attribution attribution = attribution(reading()
                .process(31, "python", 1000, Kind.COMPUTE)
                .process(41, "python", 1000, Kind.COMPUTE)
                .process(99, null, 1000, Kind.COMPUTE));
        assertEquals(List.of(31L, 41L), pids(attribution.others()));
        assertEquals(List.of(99L), pids(attribution.unknown()));
    }

    @Test
    public void aLeasesReadingHasItsMemoryAndNothingOfTheWholeDevice() {
        Reading mine = attribution(reading().process(11, "python", 1000, Kind.COMPUTE).process(21, "python", 2000, Kind.COMPUTE))
                .readingOf("one");
        assertEquals(MemorySize.ofMib(1000), mine.memoryUsed());
        assertNull(mine.utilization());
        assertNull(mine.powerMilliwatts());
    }

    @Test
    public void whatTheDriverDoesNotTellMakesTheSumALeast() {
        Attribution attribution =
                attribution(reading().process(11, "python", 1000, Kind.COMPUTE).process(12, "python", -1, Kind.COMPUTE));
        assertEquals(MemorySize.ofMib(1000), attribution.of("one").atLeast());
        assertFalse(attribution.of("one").complete());
        assertNull(attribution.readingOf("one").memoryUsed());
    }

    @Test
    public void aProcessOfUnknownOwnerMakesTheLeasesMemoryUnknown() {
        assertNull(attribution(reading().process(11, "python", 1000, Kind.COMPUTE).process(99, null, 5, Kind.COMPUTE))
                .readingOf("one").memoryUsed());
        assertEquals(MemorySize.ofMib(1000), attribution(reading()
                        .process(11, "python", 1000, Kind.MPS)
                        .process(98, "Xorg", 5, Kind.GRAPHICS)
                        .process(99, "nvidia-cuda-mps", 30, Kind.COMPUTE))
                .readingOf("one").memoryUsed());
    }
}
