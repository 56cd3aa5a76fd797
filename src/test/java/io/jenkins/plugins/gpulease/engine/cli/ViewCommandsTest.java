package io.jenkins.plugins.gpulease.engine.cli;

import static org.hamcrest.CoreMatchers.allOf;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import org.json.JSONArray;
import org.json.JSONObject;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ViewCommandsTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private GpuLeaseProcess.Host host;

    @Before
    public void makeHost() {
        host = new GpuLeaseProcess.Host(folder.getRoot().toPath());
    }

    @Test
    public void listShowsEachGpu() throws Exception {
        GpuLeaseProcess.Result result = host.run("list", "--simulate", "2xA100:40GB,1xT4:16GB");
        assertEquals(0, result.exitCode());
        String[] lines = result.output().split("\n");
        assertEquals(2 + 3, lines.length);
        assertThat(lines[4], allOf(containsString("T4"), containsString("0 MiB / 16 GB"), containsString("idle"), containsString("GPU-")));
    }

    @Test
    public void listSaysWhoLeasesAGpu() throws Exception {
        try (GpuLeaseProcess holder = host.start("run", "--simulate", "2xH100:80GB", "--", "sh", "-c", "echo ready; cat")) {
            assertEquals("ready", holder.readLine());
            JSONArray devices = new JSONObject(host.run("list", "--simulate", "2xH100:80GB", "--json").output()).getJSONArray("devices");
            assertEquals("leased", devices.getJSONObject(0).getString("state"));
            assertThat(devices.getJSONObject(0).getString("detail"), containsString("gpu-lease run sh (pid " + holder.pid()));
            assertEquals("idle", devices.getJSONObject(1).getString("state"));
            assertEquals(JSONObject.NULL, devices.getJSONObject(1).get("detail"));
        }
    }

    @Test
    public void aLibraryThatIsNoneIsAFailureAndSaysSo() throws Exception {
        GpuLeaseProcess.Result result = host.run("list", "--library", folder.newFile("libnvidia-ml.so.1").getPath());
        assertEquals(result.output() + result.errors(), 1, result.exitCode());
        assertThat(result.output() + result.errors(), containsString("libnvidia-ml.so.1"));
    }

    @Test
    public void watchPrintsLinesWhereThereIsNoTerminal() throws Exception {
        GpuLeaseProcess.Result result = host.run("watch", "--simulate", "2xH100:80GB", "--times", "2");
        assertEquals(0, result.exitCode());
        assertEquals(4, result.output().lines().filter(line -> line.matches("\\S+Z GPU [01] GPU-.* util 0 % .* idle")).count());
    }

    @Test
    public void theDemoGivesEachJobItsTurnAndLeavesNothing() throws Exception {
        GpuLeaseProcess.Result result = host.run("demo", "--speed", "10");
        assertEquals(result.output(), 0, result.exitCode());
        assertThat(result.output(), allOf(
                containsString("all-reduce #3 gets GPU 0, 1, 2, 3"), containsString("12 of 12 jobs done"),
                containsString("left over: 0 leases, 0 waiters")));
    }

    @Test
    public void eachCommandHasHelpWithExamples() throws Exception {
        for (String command : new String[] {"list", "run", "watch", "demo"}) {
            GpuLeaseProcess.Result result = host.run(command, "--help");
            assertEquals(0, result.exitCode());
            assertThat(result.output(), allOf(containsString("--simulate"), containsString("Examples:\n  gpu-lease " + command)));
        }
        assertTrue(host.run("--help").output().contains("demo"));
    }

    @Test
    public void anUnknownCommandIsNamedWithWhatIsAllowed() throws Exception {
        GpuLeaseProcess.Result result = host.run("lsit");
        assertEquals(2, result.exitCode());
        assertThat(result.errors(), containsString("'lsit' is not a command; allowed are [list, run, watch, demo, doctor]"));
        assertEquals(2, host.run().exitCode());
    }
}
