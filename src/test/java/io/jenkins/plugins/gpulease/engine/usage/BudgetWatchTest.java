package io.jenkins.plugins.gpulease.engine.usage;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.List;
import java.util.Optional;
import org.junit.Test;

public class BudgetWatchTest {

    private final BudgetWatch watch = new BudgetWatch("one", MemorySize.ofMib(1000));

    private Optional<OverBudget> uses(long mib, int second) {
        return look("GPU-a", mib, second);
    }

    private Optional<OverBudget> look(String uuid, long mib, int second) {
        GpuProcess process = new GpuProcess(7, "python", MemorySize.ofMib(mib), GpuProcess.Kind.COMPUTE);
        return watch.look(uuid, LeaseMemory.of(List.of(process)), Gpus.SCANNED.plusSeconds(second));
    }

    @Test
    public void whoStaysWithinItsBudgetIsLeftAlone() {
        assertFalse(uses(1000, 0).isPresent());
    }

    @Test
    public void whoUsesMoreIsToldWithNumbersAndProcesses() {
        OverBudget event = uses(1001, 0).orElseThrow();
        assertEquals("one", event.lease());
        assertEquals("GPU-a", event.uuid());
        assertEquals(MemorySize.ofMib(1001), event.used());
        assertEquals(MemorySize.ofMib(1000), event.budget());
        assertEquals(7, event.processes().get(0).pid());
    }

    @Test
    public void itIsRepeatedAfterThirtySecondsWhileItLasts() {
        uses(1100, 0);
        assertFalse(uses(1100, 29).isPresent());
        assertTrue(uses(1100, 30).isPresent());
        assertFalse(uses(1100, 31).isPresent());
    }

    @Test
    public void aTenthMoreIsToldAtOnce() {
        uses(2000, 0);
        assertFalse(uses(2199, 1).isPresent());
        assertTrue(uses(2200, 2).isPresent());
        assertFalse(uses(2200, 3).isPresent());
    }

    @Test
    public void goingBackAndForthIsNoNews() {
        uses(1200, 0);
        uses(900, 1);
        assertFalse(uses(1200, 2).isPresent());
        assertTrue(uses(1200, 30).isPresent());
    }

    @Test
    public void eachDeviceCountsForItself() {
        uses(1200, 0);
        assertTrue(look("GPU-b", 1200, 1).isPresent());
    }

    @Test
    public void aClockThatIsSetBackSilencesNobody() {
        uses(1200, 1000);
        assertTrue(uses(1200, 0).isPresent());
    }
}
