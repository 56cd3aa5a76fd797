package io.jenkins.plugins.gpulease.engine.cli;

import static org.hamcrest.CoreMatchers.allOf;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeFalse;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.json.JSONObject;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class RunCommandTest {

    private static final String ONE_GPU = "1xH100:80GB";

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final List<GpuLeaseProcess> started = new ArrayList<>();
    private GpuLeaseProcess.Host host;

    @Before
    public void makeHost() {
        host = new GpuLeaseProcess.Host(folder.getRoot().toPath());
    }

    @After
    public void endProcesses() throws IOException {
        for (GpuLeaseProcess process : started) {
            process.close();
        }
    }

    // ---- what the command gets, and what comes of it

    @Test
    public void theCommandSeesItsGpusAndItsExitCodeIsPassedOn() throws Exception {
        GpuLeaseProcess.Result result = host.run("run", "--simulate", "4xH100:80GB", "--count", "2", "--",
                "sh", "-c", "echo $GPU_COUNT $GPU_INDICES; test \"$CUDA_VISIBLE_DEVICES\" = \"$GPU_UUIDS\" && exit 7");
        assertEquals(result.errors(), 7, result.exitCode());
        assertEquals("2 0,1\n", result.output());
        assertThat(result.errors(), allOf(containsString("held 2 GPUs for"), containsString("peak memory")));
    }

    @Test
    public void allGpusThatMatchAreTakenAtOnce() throws Exception {
        assertEquals("3 1,2,3\n", host.run("run", "--simulate", "1xT4:16GB,3xA100:40GB", "--count", "all", "--model", "A100", "--",
                "sh", "-c", "echo $GPU_COUNT $GPU_INDICES").output());
    }

    @Test
    public void connectionsThatAreRequiredAndNotThereAreImpossible() throws Exception {
        GpuLeaseProcess.Result result =
                host.run("run", "--simulate", "2xT4:16GB", "--count", "2", "--topology", "required", "--", "true");
        assertEquals(125, result.exitCode());
        assertThat(result.errors(), containsString("This host has 2 GPUs that suit, no two of them connected so: 2 GPUs with all pairs"));
        assertEquals(0, host.run("run", "--simulate", "2xT4:16GB", "--count", "2", "--", "true").exitCode());
    }

    @Test
    public void withoutMigInstancesNoneCanBeLeased() throws Exception {
        GpuLeaseProcess.Result result = host.run("run", "--simulate", "2xT4:16GB", "--mig", "1g.10gb", "--", "true");
        assertEquals(125, result.exitCode());
        assertThat(result.errors(), containsString("This host has no MIG instances, 1 MIG instance with profile 1g.10gb asked"));
    }

    @Test
    public void indicesAreInjectedOnRequest() throws Exception {
        assertEquals("0 PCI_BUS_ID\n", host.run("run", "--simulate", ONE_GPU, "--indices", "--",
                "sh", "-c", "echo $CUDA_VISIBLE_DEVICES $CUDA_DEVICE_ORDER").output());
    }

    @Test
    public void theCommandReadsStandardInput() throws Exception {
        GpuLeaseProcess cat = holdTheGpu();
        cat.endInput();
        assertEquals(0, cat.result().exitCode());
    }

    @Test
    public void aSignalThatEndsTheCommandIsItsExitCode() throws Exception {
        assertEquals(137, host.run("run", "--simulate", ONE_GPU, "--", "sh", "-c", "kill -9 $$").exitCode());
    }

    @Test
    public void aCommandThatCannotBeFoundOrStartedHasTheShellsExitCodes() throws Exception {
        GpuLeaseProcess.Result missing = host.run("run", "--simulate", ONE_GPU, "--", "no-such-command");
        assertEquals(127, missing.exitCode());
        assertThat(missing.errors(), containsString("'no-such-command' can't be started"));
        assertEquals(126, host.run("run", "--simulate", ONE_GPU, "--", folder.newFile("no-program").getPath()).exitCode());
    }

    // ---- signals

    @Test
    public void terminationIsPassedOnAndTheUsageToldAllTheSame() throws Exception {
        GpuLeaseProcess run = start("run", "--simulate", ONE_GPU, "--",
                "sh", "-c", "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        assertEquals("ready", run.readLine());
        run.signal("TERM");
        GpuLeaseProcess.Result result = run.result();
        assertEquals("bye\n", result.output());
        assertEquals(3, result.exitCode());
        assertThat(result.errors(), containsString("held 1 GPU"));
    }

    @Test
    public void anInterruptIsPassedOn() throws Exception {
        assertPassedOn("INT", 2);
    }

    @Test
    public void aHangUpIsPassedOn() throws Exception {
        assertPassedOn("HUP", 1);
    }

    @Test
    public void userSignalsArePassedOn() throws Exception {
        assertPassedOn("USR1", 10);
    }

    private void assertPassedOn(String signal, int number) throws Exception {
        assumeFalse("SIG" + signal + " is ignored, as in the background of a shell", isIgnored(number));
        GpuLeaseProcess run = start("run", "--simulate", ONE_GPU, "--",
                "sh", "-c", "trap 'exit 3' " + signal + "; echo ready; while :; do sleep 0.05; done");
        assertEquals("ready", run.readLine());
        run.signal(signal);
        assertEquals(3, run.result().exitCode());
    }

    /** Whoever is started with a signal ignored passes that on to its children, and a shell can't trap it (proc(5), POSIX trap). */
    private static boolean isIgnored(int signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return false;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("SigIgn:")) {
                return (Long.parseUnsignedLong(line.substring(7).trim(), 16) >> (signal - 1) & 1) == 1;
            }
        }
        return false;
    }

    @Test
    public void aSignalEndsTheWait() throws Exception {
        holdTheGpu();
        GpuLeaseProcess waiting = start("run", "--simulate", ONE_GPU, "--", "echo", "never");
        waiting.awaitError("waiting for 1 GPU");
        waiting.signal("TERM");
        GpuLeaseProcess.Result result = waiting.result();
        assertEquals(143, result.exitCode());
        assertEquals("", result.output());
    }

    // ---- contention

    @Test
    public void whoComesSecondWaitsAndIsToldForWhom() throws Exception {
        GpuLeaseProcess first = holdTheGpu();
        GpuLeaseProcess second = start("run", "--simulate", ONE_GPU, "--", "echo", "my turn");
        second.awaitError("leased by gpu-lease run sh (pid " + first.pid() + ", user ");
        first.endInput();
        assertEquals(0, first.result().exitCode());
        assertEquals("my turn\n", second.result().output());
    }

    @Test
    public void twoGetDifferentGpus() throws Exception {
        GpuLeaseProcess first = start("run", "--simulate", "2xH100:80GB", "--", "sh", "-c", "echo $GPU_UUIDS; cat");
        GpuLeaseProcess second = start("run", "--simulate", "2xH100:80GB", "--", "sh", "-c", "echo $GPU_UUIDS; cat");
        assertTrue(!first.readLine().equals(second.readLine()));
    }

    @Test
    public void whoDoesNotWantToWaitFailsAtOnce() throws Exception {
        holdTheGpu();
        GpuLeaseProcess.Result result = host.run("run", "--simulate", ONE_GPU, "--no-wait", "--", "echo", "never");
        assertEquals(75, result.exitCode());
        assertThat(result.errors(), allOf(containsString("1 GPU isn't free now"), containsString("leased by gpu-lease run sh")));
    }

    @Test
    public void theTimeoutEndsTheWait() throws Exception {
        holdTheGpu();
        GpuLeaseProcess.Result result = host.run("run", "--simulate", ONE_GPU, "--timeout", "1s", "--", "echo", "never");
        assertEquals(75, result.exitCode());
        assertThat(result.errors(), containsString("1 GPU isn't free within 1."));
    }

    @Test
    public void killingAHolderFreesItsGpus() throws Exception {
        holdTheGpu().kill();
        assertEquals("mine\n", host.run("run", "--simulate", ONE_GPU, "--no-wait", "--", "echo", "mine").output());
    }

    // ---- devices

    @Test
    public void aGpuThatSomebodyUsesWithoutALeaseIsNotHandedOut() throws Exception {
        try (SimulatedLoad load = new SimulatedLoad(host.loads())) {
            load.use(uuidOfTheGpu(), MemorySize.parse("12 GB"), 80);
            GpuLeaseProcess.Result result = host.run("run", "--simulate", ONE_GPU, "--no-wait", "--", "echo", "never");
            assertEquals(75, result.exitCode());
            assertThat(result.errors(), containsString("in use by pid " + ProcessHandle.current().pid()));
        }
    }

    @Test
    public void theEnvironmentRestrictsTheDevices() throws Exception {
        assertEquals("2\n", host.with("CUDA_VISIBLE_DEVICES", "2").run("run", "--simulate", "4xH100:80GB", "--",
                "sh", "-c", "echo $GPU_INDICES").output());
    }

    @Test
    public void whatIsImpossibleFailsAtOnceAndNamesTheClosest() throws Exception {
        GpuLeaseProcess.Result result = host.run("run", "--simulate", ONE_GPU, "--min-memory", "90GB", "--", "echo", "never");
        assertEquals(125, result.exitCode());
        assertThat(result.errors(), allOf(containsString("90 GB"), containsString("has 80 GB")));
    }

    @Test
    public void withoutVisibleGpusNothingIsRun() throws Exception {
        GpuLeaseProcess.Result result =
                host.with("CUDA_VISIBLE_DEVICES", "").run("run", "--simulate", ONE_GPU, "--", "echo", "never");
        assertEquals(125, result.exitCode());
        assertThat(result.errors(), containsString("No GPUs: CUDA_VISIBLE_DEVICES=''"));
    }

    @Test
    public void aFolderThatCannotBeUsedIsNamed() throws Exception {
        GpuLeaseProcess.Result result = host.with("GPU_LEASE_LOCKS", folder.newFile("taken").getPath())
                .run("run", "--simulate", ONE_GPU, "--", "echo", "never");
        assertEquals(125, result.exitCode());
        assertThat(result.errors(), containsString("taken, is not a folder"));
    }

    private GpuLeaseProcess holdTheGpu() throws IOException {
        GpuLeaseProcess holder = start("run", "--simulate", ONE_GPU, "--", "sh", "-c", "echo ready; cat > /dev/null");
        assertEquals("ready", holder.readLine());
        return holder;
    }

    private GpuLeaseProcess start(String... arguments) throws IOException {
        GpuLeaseProcess process = host.start(arguments);
        started.add(process);
        return process;
    }

    private String uuidOfTheGpu() throws Exception {
        return new JSONObject(host.run("list", "--simulate", ONE_GPU, "--json").output())
                .getJSONArray("devices").getJSONObject(0).getString("uuid");
    }
}
