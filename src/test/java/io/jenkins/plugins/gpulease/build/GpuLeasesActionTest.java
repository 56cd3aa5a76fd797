package io.jenkins.plugins.gpulease.build;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import hudson.model.FreeStyleBuild;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.sf.json.JSONObject;
import org.htmlunit.html.HtmlPage;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class GpuLeasesActionTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private FreeStyleBuild build;

    @Before
    public void aBuild() throws Exception {
        build = JENKINS.buildAndAssertSuccess(JENKINS.createFreeStyleProject());
    }

    @Test
    public void aBuildWithoutALeaseShowsNothing() {
        assertNull(build.getAction(GpuLeasesAction.class));
    }

    @Test
    public void thePageShowsDevicesTimesAndUsage() throws Exception {
        grant("a", Gpus.h100(0));
        GpuLeasesAction.returned(build, "a", new Returned(Map.of(), usage()));

        String text = page().getElementById("gpu-leases").asNormalizedText();

        for (String expected : List.of(
                "NVIDIA H100 80GB HBM3", "79.6 GiB", "GPU-0", "agent-1", "2 GPUs with at least 40 GB", "1.5 s", "31.2 GiB", "63 %",
                "210 Wh")) {
            assertThat(text, containsString(expected));
        }
        assertThat(page().asNormalizedText(), containsString("GPU leases"));
    }

    @Test
    public void aLeaseThatIsHeldIsShownAsHeld() throws Exception {
        grant("a", Gpus.h100(0));

        assertThat(page().getElementById("gpu-lease-a").asNormalizedText(), containsString(" so far"));
    }

    @Test
    public void whatIsLeftOnADeviceIsShown() throws Exception {
        grant("a", Gpus.h100(0));
        Verdict occupied = Verdict.occupied("in use", List.of(new GpuProcess(4711, "python", null, GpuProcess.Kind.COMPUTE)));
        GpuLeasesAction.returned(build, "a", new Returned(Map.of("GPU-0", occupied), LeaseUsage.UNKNOWN));

        assertThat(page().getElementById("gpu-lease-a").asNormalizedText(), containsString("pid 4711 (python)"));
    }

    @Test
    public void whatComesFromAnAgentIsEscaped() throws Exception {
        grant("a", Gpus.gpu(0, "<script>alert(1)</script>", MemorySize.ofMib(1), "9.0"));

        String html = page().getWebResponse().getContentAsString();

        assertThat(html, containsString("&lt;script"));
        assertThat(html, not(containsString("<script>alert(1)")));
    }

    @Test
    public void restHasTheSameFacts() throws Exception {
        grant("a", Gpus.h100(0));
        GpuLeasesAction.returned(build, "a", new Returned(Map.of(), usage()));

        JSONObject ofAction = JENKINS.getJSON(build.getUrl() + "gpu-leases/api/json").getJSONObject();
        JSONObject lease = ofAction.getJSONArray("leases").getJSONObject(0);
        String ofBuild = JENKINS.getJSON(build.getUrl() + "api/json").getContentAsString();

        assertEquals("agent-1", lease.getString("node"));
        assertFalse(lease.getBoolean("held"));
        assertEquals(1_500, lease.getLong("waitedMillis"));
        assertEquals(63, lease.getInt("meanUtilization"));
        assertEquals("GPU-0", lease.getJSONArray("devices").getJSONObject(0).getString("uuid"));
        assertThat(ofBuild, containsString("\"uuid\":\"GPU-0\""));
    }

    @Test
    public void aLeaseIsNotedOnceAndEndsOnce() {
        grant("a", Gpus.h100(0));
        grant("a", Gpus.h100(0));
        GpuLeasesAction.returned(build, "a", new Returned(Map.of(), usage()));
        GpuLeasesAction.returned(build, "a", new Returned(Map.of(), LeaseUsage.UNKNOWN));

        LeaseRecord only = action().getLeases().get(0);
        assertEquals(1, action().getLeases().size());
        assertEquals(Integer.valueOf(63), only.getMeanUtilization());
    }

    @Test
    public void onlyTheNewestAreKeptButAllThatAreHeld() {
        grant("held", Gpus.h100(0));
        for (int i = 0; i < GpuLeasesAction.MAX_LEASES + 9; i++) {
            grant("lease-" + i, Gpus.h100(1));
            GpuLeasesAction.returned(build, "lease-" + i, new Returned(Map.of(), LeaseUsage.UNKNOWN));
        }

        assertEquals(GpuLeasesAction.MAX_LEASES, action().getLeases().size());
        assertEquals(10, action().getForgotten());
        assertEquals("held", action().getLeases().get(0).getId());
        assertEquals(java.util.Set.of("held"), GpuLeasesAction.held(build));
    }

    @Test
    public void theBuildKeepsItsLeasesOnDisk() throws Exception {
        Device mig = Gpus.instanceOf(Gpus.h100(2), "1g.10gb");
        grant("a", Gpus.h100(0), mig);
        grant("b", new Device("GPU-b", 1, "GB10", null, ComputeCapability.parse("12.1"), "0000:01:00.0", -1, false, null, null,
                Gpus.h100(0).health()));
        GpuLeasesAction.returned(build, "a", new Returned(Map.of(), usage()));
        build.save();

        JENKINS.jenkins.reload();
        FreeStyleBuild loaded = JENKINS.jenkins.getItemByFullName(build.getParent().getFullName(), hudson.model.FreeStyleProject.class)
                .getBuildByNumber(1);

        GpuLeasesAction back = loaded.getAction(GpuLeasesAction.class);
        assertNotNull(back);
        assertEquals(2, back.getLeases().size());
        assertEquals("GPU-0", back.getLeases().get(0).getDevices().get(0).getUuid());
        assertThat(back.getLeases().get(0).getDevices().get(1).getModel(), containsString("MIG 1g.10gb"));
        assertEquals(Long.valueOf(31_949), back.getLeases().get(0).getPeakMemoryMib());
        assertFalse("its build runs no more", back.getLeases().get(1).isHeld());
        assertNull(back.getLeases().get(1).getPeakMemoryMib());
        assertNull(back.getLeases().get(1).getDevices().get(0).getMemoryMib());
    }

    private void grant(String id, Device... devices) {
        Instant asked = Instant.now().minusSeconds(60);
        GpuLeasesAction.granted(
                build,
                new StoredLease(new Lease(
                        id, "agent-1", List.of(devices), null, BuildHolder.of(build, null, id), null, asked, asked.plusMillis(1_500))),
                "2 GPUs with at least 40 GB");
    }

    private static LeaseUsage usage() {
        return new LeaseUsage(Duration.ofSeconds(60), List.of(new DeviceUsage(
                "GPU-0", 60, MemorySize.ofMib(31_949), MemorySize.ofMib(20_000), 63, 100, 756_000.0, 0, List.of())));
    }

    private GpuLeasesAction action() {
        return build.getAction(GpuLeasesAction.class);
    }

    private HtmlPage page() throws Exception {
        return JENKINS.createWebClient().getPage(build, "gpu-leases");
    }
}
