package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.Test;

public class ReportedReadingsTest {

    private static final Instant NOW = Instant.parse("2025-01-01T00:00:00Z");

    private static Reading reading(String uuid) {
        return new Reading(
                uuid, Instant.MAX, MemorySize.ofMib(1), null, false, 1_000, -5, Integer.MAX_VALUE, -1, List.of("x".repeat(1_000_000)),
                List.of(new GpuProcess(1, "secret", null, GpuProcess.Kind.COMPUTE)), Health.sick("<b>"));
    }

    @Test
    public void onlyNumbersThatArePossibleAreTaken() {
        Reading taken = ReportedReadings.accept(List.of(reading("a")), Set.of("a"), NOW).get("a");

        assertEquals(
                new Reading("a", NOW, MemorySize.ofMib(1), null, false, 100, 0, 1_000, 0, List.of(), List.of(), Health.OK), taken);
    }

    @Test
    public void whatNobodyAskedForIsLeftOut() {
        Map<String, Reading> taken = ReportedReadings.accept(Arrays.asList(reading("b"), null, reading("a")), Set.of("a"), NOW);

        assertEquals(Set.of("a"), taken.keySet());
    }

    @Test
    public void noReportIsNoReading() {
        assertTrue(ReportedReadings.accept(null, Set.of("a"), NOW).isEmpty());
    }
}
