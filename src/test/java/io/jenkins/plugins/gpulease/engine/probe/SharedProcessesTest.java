package io.jenkins.plugins.gpulease.engine.probe;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.host.HostFacts;
import io.jenkins.plugins.gpulease.engine.nvml.FakeNvml;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

/** Shared leases with real processes, which tell their lease by their environment, in a probe's process of its own. */
public class SharedProcessesTest {

    private static final Claim.Share SIX_OF_SIXTEEN = new Claim.Share(MemorySize.ofMib(6_000), MemorySize.ofMib(512));

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @Rule
    public final ProbeHost host = new ProbeHost();

    private final List<Process> processes = new ArrayList<>();

    @Before
    public void environmentsCanBeRead() {
        assumeTrue("There is a /proc", Files.isReadable(Path.of("/proc/self/environ")));
    }

    @After
    public void endProcesses() {
        processes.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
        processes.forEach(Process::destroyForcibly);
    }

    /** A shell in the environment of a lease. */
    private Process inLease(String lease, String script) throws Exception {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", script);
        shell.environment().put("GPU_LEASE_ID", lease);
        Process process = shell.start();
        processes.add(process);
        assertEquals("started", process.inputReader().readLine());
        return process;
    }

    private static Claim claim(String lease, String uuid) {
        return Claim.shared(lease, lease + " #1", List.of(uuid), SIX_OF_SIXTEEN, true);
    }

    @Test
    public void simulatedProcessesAreToldApart() throws Exception {
        ProbeClient probe = host.simulated("1xV100:16GB");
        String uuid = ProbeHost.uuids(probe).get(0);
        assertTrue(probe.handOut(claim("one", uuid)).get(uuid).isClean());
        inLease("one", "echo '" + uuid + " 7GiB 50' > " + host.path("loads") + "/$$; echo started; read wait");
        Verdict full = probe.handOut(claim("two", uuid)).get(uuid);
        assertTrue(full.reason(), full.isClean());
        List<OverBudget> events = new ArrayList<>();
        Await.until("an event", () -> events.addAll(probe.poll(0, List.of()).overBudget()));
        assertEquals("one", events.get(0).lease());
        assertEquals(MemorySize.parse("7 GiB"), events.get(0).used());
        assertTrue(probe.takeBack(claim("two", uuid)).verdicts().get(uuid).isClean());
        TakenBack one = probe.takeBack(claim("one", uuid));
        assertThat(one.verdicts().get(uuid).reason(), containsString("with 7 GiB"));
        assertEquals(MemorySize.parse("7 GiB"), one.usage().devices().get(0).peakMemory());
    }

    @Test
    public void realDevicesProcessesAreToldApart() throws Exception {
        nvml.world().gpu("GPU-a");
        nvml.world().write();
        ProbeClient probe = host.client(host.launch().withLibrary(Path.of(nvml.libraryPath())), ProbeHost.PATIENT);
        MemorySize total = probe.scan().device("GPU-a").orElseThrow().memory();
        assertTrue(total.toString(), total.isAtLeast(MemorySize.ofMib(12_512)));
        probe.handOut(claim("one", "GPU-a"));
        Process program = inLease("one", "echo started; read wait");
        nvml.world().gpu("GPU-a").process(program.pid(), 900);
        nvml.world().write();
        assertTrue(probe.handOut(claim("two", "GPU-a")).get("GPU-a").isClean());
        assertTrue(probe.takeBack(claim("two", "GPU-a")).verdicts().get("GPU-a").isClean());
        Process stranger = inLease("somebody else's", "echo started; read wait");
        nvml.world().gpu("GPU-a").process(stranger.pid(), 900);
        nvml.world().write();
        assertThat(probe.handOut(claim("two", "GPU-a")).get("GPU-a").reason(), containsString("pid " + stranger.pid()));
    }

    @Test
    public void aSuccessorKnowsTheBudgets() throws Exception {
        ProbeClient probe = host.simulated("1xV100:16GB");
        String uuid = ProbeHost.uuids(probe).get(0);
        probe.handOut(claim("one", uuid));
        probe.handOut(claim("two", uuid));
        ProbeHost.kill(probe.pid().getAsLong());
        assertEquals(Verdict.Condition.INSUFFICIENT, probe.handOut(claim("three", uuid)).get(uuid).condition());
        probe.takeBack(claim("one", uuid));
        assertTrue(probe.handOut(claim("three", uuid)).get(uuid).isClean());
    }

    @Test
    public void theHostIsAskedThroughTheProcess() throws Exception {
        assertEquals(HostFacts.ofThisHost(), host.simulated("1xV100:16GB").host());
    }
}
