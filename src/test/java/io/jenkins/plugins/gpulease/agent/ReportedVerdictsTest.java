package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.Test;

public class ReportedVerdictsTest {

    private static final List<String> ASKED = List.of("GPU-1", "GPU-2");

    @Test
    public void aVerdictThatIsMissingIsNotClean() {
        Map<String, Verdict> accepted = ReportedVerdicts.accept(Map.of("GPU-1", Verdict.CLEAN), ASKED);
        assertTrue(accepted.get("GPU-1").isClean());
        assertFalse(accepted.get("GPU-2").isClean());
        assertFalse(ReportedVerdicts.accept(null, ASKED).get("GPU-1").isClean());
    }

    @Test
    public void verdictsOfOtherDevicesAreDropped() {
        Map<String, Verdict> reported = Map.of("GPU-3", Verdict.sick("no"), "GPU-1", Verdict.CLEAN, "GPU-2", Verdict.CLEAN);
        assertEquals(Set.copyOf(ASKED), ReportedVerdicts.accept(reported, ASKED).keySet());
    }

    @Test
    public void processesAreFewAndTheirCommandsPrintable() {
        GpuProcess hostile = new GpuProcess(-5, "python\n\u001b[2Jtrain.py" + "x".repeat(5000), null, null);
        Verdict occupied = Verdict.occupied("in\nuse", Collections.nCopies(5000, hostile));

        Verdict accepted = ReportedVerdicts.accept(Map.of("GPU-1", occupied), List.of("GPU-1")).get("GPU-1");

        assertEquals("in use", accepted.reason());
        assertEquals(ReportedVerdicts.MAX_PROCESSES, accepted.processes().size());
        GpuProcess process = accepted.processes().get(0);
        assertEquals(0, process.pid());
        assertEquals(GpuProcess.Kind.COMPUTE, process.kind());
        assertThat(process.command(), containsString("python  [2Jtrain.py"));
        assertEquals(200, process.command().length());
    }

    @Test
    public void anErrorOfAGpuMakesItAndItsInstancesSick() {
        Map<String, Verdict> verdicts = ReportedVerdicts.ofEvents(
                List.of(new XidEvent("GPU-1", 79, Instant.EPOCH)),
                List.of(device("GPU-1", null), device("MIG-1", "GPU-1"), device("GPU-2", null)));
        assertEquals(Set.of("GPU-1", "MIG-1"), verdicts.keySet());
        assertEquals(Verdict.Condition.SICK, verdicts.get("MIG-1").condition());
        assertThat(verdicts.get("GPU-1").reason(), containsString("Xid 79"));
    }

    @Test
    public void anErrorOfAProgramSaysNothingAboutTheGpu() {
        List<XidEvent> events = List.of(new XidEvent("GPU-1", 13, Instant.EPOCH));
        assertEquals(Map.of(), ReportedVerdicts.ofEvents(events, List.of(device("GPU-1", null))));
    }

    private static Device device(String uuid, String parent) {
        return new Device(uuid, 0, "A100", null, null, "00000000:1b:00.0", 0, false, parent, null, Health.OK);
    }
}
