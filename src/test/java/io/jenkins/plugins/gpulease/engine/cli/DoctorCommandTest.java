package io.jenkins.plugins.gpulease.engine.cli;

import static org.hamcrest.CoreMatchers.allOf;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.gpulease.engine.nvml.FakeNvml;
import io.jenkins.plugins.gpulease.engine.nvml.NvidiaHardware;
import java.util.List;
import java.util.Map;
import org.json.JSONArray;
import org.json.JSONObject;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** {@code gpu-lease doctor} on this machine, with the fake NVML library. What it finds of the machine itself isn't known here. */
public class DoctorCommandTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    private GpuLeaseProcess.Host host;

    @Before
    public void aHostWithAGpu() {
        nvml.world().gpu("GPU-a").persistence(true);
        nvml.world().write();
        host = new GpuLeaseProcess.Host(folder.getRoot().toPath());
    }

    private GpuLeaseProcess.Result doctor(String... more) throws Exception {
        String[] arguments = new String[3 + more.length];
        System.arraycopy(new String[] {"doctor", "--library", nvml.libraryPath()}, 0, arguments, 0, 3);
        System.arraycopy(more, 0, arguments, 3, more.length);
        return host.run(arguments);
    }

    private static void assumeNoHardware() {
        assumeTrue("This machine has NVIDIA hardware", NvidiaHardware.ofThisMachine().evidence() == null);
    }

    @Test
    public void withoutAProblemItEndsWithZero() throws Exception {
        assumeNoHardware();
        GpuLeaseProcess.Result result = doctor();
        assertEquals(result.output(), 0, result.exitCode());
        assertThat(result.output(), allOf(containsString("1 GPU answers: GPU 0 (NVIDIA H100 80GB HBM3)"), containsString("\n0"
                + " problems, ")));
    }

    @Test
    public void aProblemComesFirstWithItsCureAndMakesTheExitCodeOne() throws Exception {
        nvml.world().initAnswers(9);
        nvml.world().write();
        GpuLeaseProcess.Result result = doctor();
        assertEquals(result.output(), 1, result.exitCode());
        assertThat(result.output(), allOf(containsString("NVML can't be initialised: the driver is not loaded (NVML code"
                + " 9)"), containsString("Cure: ")));
        assertTrue(result.output(), result.output().startsWith("PROBLEM\n"));
    }

    @Test
    public void aCudaThatTheDriverDoesNotSupportIsAProblem() throws Exception {
        GpuLeaseProcess.Result result = doctor("--cuda", "99.0");
        assertEquals(1, result.exitCode());
        assertThat(result.output(), containsString("The driver supports CUDA up to 12.4; 99.0 is asked for"));
    }

    @Test
    public void asJsonEachFindingHasSeverityTopicAndCure() throws Exception {
        JSONObject json = new JSONObject(doctor("--json", "--cuda", "99.0").output());
        JSONArray findings = json.getJSONArray("findings");
        List<JSONObject> problems = findings.toList().stream().map(finding -> new JSONObject((Map<?, ?>) finding))
                .filter(finding -> finding.getString("severity").equals("problem"))
                .toList();
        assertEquals(problems.size(), json.getInt("problems"));
        JSONObject cuda = problems.stream().filter(finding -> finding.getString("topic").equals("CUDA"
                + " version")).findFirst().orElseThrow();
        assertThat(cuda.getString("cure"), containsString("newer driver"));
        assertTrue(findings.toList().stream().anyMatch(finding -> new JSONObject((Map<?, ?>) finding).isNull("cure")));
    }

    @Test
    public void theEnvironmentOfTheCallerCounts() throws Exception {
        host.with("CUDA_VISIBLE_DEVICES", "");
        assertThat(doctor().output(), containsString("CUDA_VISIBLE_DEVICES='', which hides 1 of 1 device"));
    }

    @Test
    public void aWrongCallIsNamed() throws Exception {
        GpuLeaseProcess.Result version = doctor("--cuda", "twelve");
        assertEquals(2, version.exitCode());
        assertThat(version.errors(), containsString("--cuda: 'twelve' is not a version"));
        GpuLeaseProcess.Result library = host.run("doctor", "--library", "/nowhere");
        assertEquals(2, library.exitCode());
        assertThat(library.errors(), containsString("--library: '/nowhere' is not a file"));
    }

    @Test
    public void itHasHelpWithExamples() throws Exception {
        assertThat(host.run("doctor", "--help").output(), allOf(containsString("--cuda"), containsString("Examples:\n  gpu-lease"
                + " doctor")));
    }
}
