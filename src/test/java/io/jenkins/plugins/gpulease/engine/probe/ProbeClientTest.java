package io.jenkins.plugins.gpulease.engine.probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.TestClock;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.Rule;
import org.junit.Test;

/** The probe's process with simulated devices: its whole life but hangs and crashes within the library. */
public class ProbeClientTest {

    @Rule
    public final ProbeHost host = new ProbeHost();

    @Test
    public void aLeaseGoesThroughTheProcess() throws Exception {
        ProbeClient probe = host.simulated("2xH100:80GB");
        List<String> uuids = ProbeHost.uuids(probe);
        Claim claim = ProbeHost.claim("l", uuids);
        assertEquals(Verdict.CLEAN, probe.handOut(claim).get(uuids.get(1)));
        assertTrue(host.holders(uuids).get(uuids.get(0)).contains("build #1"));
        assertTrue(probe.read(uuids).get(0).health().isOk());
        assertEquals(List.of(), probe.poll(0, uuids).events());
        TakenBack back = probe.takeBack(claim);
        assertEquals(MemorySize.ZERO, back.usage().devices().get(0).peakMemory());
        assertEquals(Map.of(), host.holders(uuids));
    }

    @Test
    public void whatRealProcessesDoIsSeen() throws Exception {
        ProbeClient probe = host.simulated("2xH100:80GB");
        List<String> uuids = ProbeHost.uuids(probe);
        try (SimulatedLoad load = new SimulatedLoad(host.path("loads"))) {
            load.use(uuids.get(1), MemorySize.parse("12GiB"), 70);
            Map<String, Verdict> verdicts = probe.handOut(ProbeHost.claim("l", uuids));
            assertTrue(verdicts.get(uuids.get(0)).isClean());
            assertEquals(ProcessHandle.current().pid(), verdicts.get(uuids.get(1)).processes().get(0).pid());
        }
    }

    @Test
    public void aKilledProbeIsReplacedAndTakesUpItsLeases() throws Exception {
        ProbeClient probe = host.simulated("2xH100:80GB");
        List<String> uuids = ProbeHost.uuids(probe);
        Claim claim = ProbeHost.claim("l", uuids);
        probe.handOut(claim);
        long killed = probe.pid().getAsLong();
        ProbeHost.kill(killed);
        Await.until("a successor has the locks", () -> host.holders(uuids).size() == 2 && probe.pid().isPresent());
        assertNotEquals(killed, probe.pid().getAsLong());
        Await.until("it samples", () -> probe.read(uuids).size() == 2);
        assertTrue(probe.takeBack(claim).usage().devices().get(0).samples() > 0);
        assertEquals(Map.of(), host.holders(uuids));
    }

    @Test
    public void aProbeThatIsKilledWhileIdleIsReplacedByTheNextCall() throws Exception {
        ProbeClient probe = host.simulated("1xH100:80GB");
        List<String> uuids = ProbeHost.uuids(probe);
        ProcessHandle.of(probe.pid().getAsLong()).orElseThrow().destroyForcibly();
        assertTrue(probe.handOut(ProbeHost.claim("l", uuids)).get(uuids.get(0)).isClean());
    }

    @Test
    public void aLeaseThatWasTakenBackIsNotTakenUp() throws Exception {
        ProbeClient probe = host.simulated("1xH100:80GB");
        List<String> uuids = ProbeHost.uuids(probe);
        probe.handOut(ProbeHost.claim("l", uuids));
        probe.takeBack(ProbeHost.claim("l", uuids));
        ProbeHost.kill(probe.pid().getAsLong());
        probe.scan();
        assertEquals(Map.of(), host.holders(uuids));
    }

    @Test
    public void manyCallsMayBeUnderWay() throws Exception {
        ProbeClient probe = host.simulated("8xH100:80GB");
        List<String> uuids = ProbeHost.uuids(probe);
        ExecutorService callers = Executors.newFixedThreadPool(16);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Claim claim = ProbeHost.claim("l" + i, List.of(uuids.get(i % 8)));
                calls.add(callers.submit(() -> {
                    if (probe.handOut(claim).values().iterator().next().isClean()) {
                        assertTrue(probe.takeBack(claim).usage().isKnown());
                    }
                    assertEquals(8, probe.read(uuids).size());
                    return null;
                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            callers.shutdownNow();
        }
        assertEquals(Map.of(), host.holders(uuids));
    }

    @Test
    public void anInterruptDoesNotLoseAnAnswer() throws Exception {
        ProbeClient probe = host.simulated("1xH100:80GB");
        Thread.currentThread().interrupt();
        assertEquals(Inventory.Status.OK, probe.scan().status());
        assertTrue("the interrupt is kept", Thread.interrupted());
    }

    @Test
    public void closingEndsTheProcessItsLocksAndAllThreads() throws Exception {
        ProbeClient probe = host.simulated("1xH100:80GB");
        List<String> uuids = ProbeHost.uuids(probe);
        probe.handOut(ProbeHost.claim("l", uuids));
        long pid = probe.pid().getAsLong();
        probe.close();
        probe.close();
        assertFalse(ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent());
        assertEquals(Map.of(), host.holders(uuids));
        Await.until("no thread is left", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("gpu-lease probe")));
    }

    @Test
    public void aClosedProbeStaysClosed() throws Exception {
        ProbeClient probe = host.simulated("1xH100:80GB");
        probe.scan();
        probe.close();
        assertTrue(assertThrows(ProbeException.class, probe::scan).getMessage().contains("closed"));
    }

    @Test
    public void theProcessEndsWhenItsStandardInputCloses() throws Exception {
        Process process = host.launch().withSimulation("1xH100:80GB").start();
        process.getOutputStream().close();
        assertEquals(0, process.waitFor());
    }

    @Test
    public void whatIsNoRequestEndsTheProcess() throws Exception {
        Process process = host.launch().withSimulation("1xH100:80GB").start();
        process.getOutputStream().write("hello\n".getBytes());
        process.getOutputStream().flush();
        assertEquals(1, process.waitFor());
        assertTrue(new String(process.getErrorStream().readAllBytes()).contains("Not a message"));
    }

    @Test
    public void wrongArgumentsAreTold() throws Exception {
        ProbeClient probe = host.client(() -> {
            List<String> command = new ArrayList<>(host.launch().command());
            command.add("--nonsense");
            command.add("x");
            return new ProcessBuilder(command).start();
        }, ProbeHost.PATIENT);
        String message = assertThrows(ProbeException.class, probe::scan).getMessage();
        assertTrue(message, message.contains("exit code 2") && message.contains("no option '--nonsense'"));
    }

    @Test
    public void garbageOnThePipeIsNoticed() throws Exception {
        ProbeClient probe = host.client(() -> new ProcessBuilder("sh", "-c", "echo garbage; exec sleep 60").start(), ProbeHost.PATIENT);
        String message = assertThrows(ProbeException.class, probe::scan).getMessage();
        assertTrue(message, message.contains("something else than answers"));
    }

    @Test
    public void aProcessThatReadsNothingMissesItsDeadline() throws Exception {
        List<Process> started = new ArrayList<>();
        ProbeClient probe = host.client(() -> {
            started.add(new ProcessBuilder("sleep", "60").start());
            return started.get(0);
        }, new ProbeDeadlines(Duration.ofMillis(300), Duration.ofMillis(300)));
        String message = assertThrows(ProbeException.class, probe::scan).getMessage();
        assertTrue(message, message.contains("didn't scan the devices within 0.3 s"));
        Await.end(started.get(0).pid());
    }

    @Test
    public void aRequestThatIsTooLargeFailsAlone() throws Exception {
        ProbeClient probe = host.simulated("1xH100:80GB");
        ProbeHost.uuids(probe);
        long pid = probe.pid().getAsLong();
        assertThrows(ProbeException.class, () -> probe.read(List.of("x".repeat(Frames.MAX_BYTES))));
        probe.poll(0, List.of());
        assertEquals(pid, probe.pid().getAsLong());
    }

    @Test
    public void afterFiveFailuresItIsLeftAloneUntilAPersonAsks() throws Exception {
        TestClock outwaiting = TestClock.running(Duration.ofSeconds(5)); // so that none is ever seen
        List<Process> started = new ArrayList<>();
        ProbeClient probe = new ProbeClient(() -> {
            started.add(new ProcessBuilder("false").start());
            return started.get(started.size() - 1);
        }, ProbeHost.PATIENT, new Restarts(outwaiting));
        for (int i = 0; i < 5; i++) {
            assertThrows(ProbeException.class, probe::scan);
        }
        String message = assertThrows(ProbeException.class, probe::scan).getMessage();
        assertTrue(message, message.contains("left alone") && message.contains("exit code 1"));
        assertEquals(5, started.size());
        probe.reset();
        assertThrows(ProbeException.class, probe::scan);
        assertEquals(6, started.size());
        probe.close();
    }

    @Test
    public void aProbeThatCannotScanIsNotKept() throws Exception {
        List<Process> started = new ArrayList<>();
        ProbeClient probe = host.client(() -> {
            started.add(new ProcessBuilder(host.launch().command().get(0), "-cp", System.getProperty("java.class.path"),
                    UnwillingProbe.class.getName()).start());
            return started.get(started.size() - 1);
        }, ProbeHost.PATIENT);
        assertEquals("not today", assertThrows(ProbeException.class, probe::scan).getMessage());
        assertFalse(probe.pid().isPresent());
        Await.end(started.get(0).pid());
        assertThrows(ProbeException.class, probe::scan);
        String refused = assertThrows(ProbeException.class, probe::scan).getMessage();
        assertTrue(refused, refused.contains("failed 2 times lately") && refused.contains("not today"));
    }

    @Test
    public void whatIsTypedAtATerminalDoesNotEndTheProbe() throws Exception {
        ProbeClient probe = host.simulated("1xH100:80GB");
        probe.scan();
        long pid = probe.pid().getAsLong();
        for (String signal : List.of("INT", "HUP")) {
            new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + pid).start().waitFor();
        }
        Thread.sleep(200); // many times what an end takes; that nothing happens can't be awaited
        probe.scan();
        assertEquals(pid, probe.pid().getAsLong());
    }

    @Test
    public void aProgramThatIsNotThereIsTold() {
        ProbeClient probe = host.client(() -> new ProcessBuilder("/nowhere/java").start(), ProbeHost.PATIENT);
        String message = assertThrows(ProbeException.class, probe::scan).getMessage();
        assertTrue(message, message.contains("can't be started") && message.contains("/nowhere/java"));
    }

    @Test
    public void theProbeEndsWithTheJvmThatStartedIt() throws Exception {
        Process parent = new ProcessBuilder(
                        host.launch().command().get(0), "-cp", System.getProperty("java.class.path"),
                        ProbeParent.class.getName(), host.path("locks").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long pid = Long.parseLong(parent.inputReader().readLine());
        assertTrue(ProcessHandle.of(pid).isPresent());
        parent.destroyForcibly().waitFor();
        Await.end(pid);
    }

    @Test
    public void theClassPathIsTheEngineAndJna() {
        List<Path> classPath = ProbeClassPath.ofThisEngine();
        assertTrue(classPath.toString(), classPath.get(classPath.size() - 1).getFileName().toString().startsWith("jna"));
    }
}
