package io.jenkins.plugins.gpulease.build;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.Item;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.gpulease.RestFields;
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
import java.util.Set;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

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
    public void whoReadsItBeforeItIsAttachedFindsNoLeases() {
        GpuLeasesAction action = new GpuLeasesAction(build);

        assertNull(action.getIconFileName());
        assertNull(action.getBadge());
        assertEquals(List.of(), action.getLeases());
    }

    @Test
    public void thePageShowsDevicesTimesAndUsage() throws Exception {
        grant("a", Gpus.h100(0));
        GpuLeasesAction.returned(build, "a", new Returned(Map.of(), usage()));

        String text = page().getElementById("gpu-leases").asNormalizedText();

        for (String expected : List.of(
                "0: H100 80GB HBM3, 79.6 GiB", "GPU-0", "agent-1", "2 GPUs with at least 40 GB", "1.5 s", "31.2 GiB", "63 %",
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
    public void thePageOfABuildThatIsOverFollowsItUntilAllIsBack() throws Exception {
        grant("a", Gpus.h100(0));
        assertNotNull(page().querySelector("[data-live=true]"));

        GpuLeasesAction.returned(build, "a", new Returned(Map.of(), usage()));
        assertNotNull(page().querySelector("[data-live=false]"));
    }

    @Test
    public void whatIsLeftOnADeviceIsShown() throws Exception {
        grant("a", Gpus.h100(0));
        Verdict occupied = Verdict.occupied("in use", List.of(new GpuProcess(4711, "python", null, GpuProcess.Kind.COMPUTE)));
        GpuLeasesAction.returned(build, "a", new Returned(Map.of("GPU-0", occupied), LeaseUsage.UNKNOWN));

        assertThat(page().getElementById("gpu-lease-a").asNormalizedText(), containsString("pid 4711 (python)"));
    }

    @Test
    public void theCourseOfEachDeviceIsDrawnWithItsFigures() throws Exception {
        TestLeases.note(build, "a", 41, 31_949, Gpus.h100(0), Gpus.h100(1));

        DomElement usage = page().getElementById("gpu-usage-a");

        assertEquals(2, usage.getElementsByTagName("svg").getLength());
        for (DomElement svg : usage.getElementsByTagName("svg")) {
            assertEquals("img", svg.getAttribute("role"));
            for (String id : svg.getAttribute("aria-labelledby").split(" ")) {
                assertFalse(page().getElementById(id).getTextContent().isBlank());
            }
        }
        // 20 s, nothing known, 60 s; 81,559 MiB are the upper edge
        assertThat(usage.asXml(), containsString("M212 94.4h0M468 76.7h0"));
        assertThat(usage.asXml(), containsString("40 GB asked for"));
        for (String figure : List.of("GPU 1: H100", "GPU 1 GPU-1", "79.6 GiB", "40 GB", "31.2 GiB", "15.6 GiB", "41 %", "100 %", "1.0 Wh")) {
            assertThat(usage.asNormalizedText(), containsString(figure));
        }
    }

    @Test
    public void thePageNeedsNoInlineScriptAndNoInlineStyle() throws Exception {
        TestLeases.note(build, "a", 41, 31_949, Gpus.h100(0));

        String usage = page().getElementById("gpu-usage-a").asXml();

        assertThat(usage, not(containsString("<script")));
        assertThat(usage, not(containsString("style=")));
    }

    @Test
    public void aHostileModelIsEscapedInDrawingsAndInTheBadge() throws Exception {
        TestLeases.note(build, "a", 41, 1, Gpus.gpu(0, "<img src=x onerror=alert(1)>\"'", MemorySize.ofMib(1), "9.0"));

        String html = page().getWebResponse().getContentAsString()
                + JENKINS.createWebClient().getPage(build.getParent()).getWebResponse().getContentAsString();

        assertThat(html, containsString("&lt;img src=x"));
        assertThat(html, not(containsString("<img src=x")));
    }

    @Test
    public void theListOfBuildsHasABadge() throws Exception {
        TestLeases.note(build, "a", 41, 31_949, Gpus.h100(0), Gpus.h100(1));

        DomElement badge = JENKINS.createWebClient().getPage(build.getParent()).querySelector(".gpu-lease-badge");

        assertThat(badge.getAttribute("href"), endsWith(build.getUrl() + "gpu-leases/"));
        assertThat(badge.getAttribute("aria-label"), containsString("2 × H100, 1 min"));
        assertThat(badge.asXml(), containsString("41 % used"));
    }

    @Test
    public void whoMayNotReadTheJobSeesNothingOfIt() throws Exception {
        TestLeases.note(build, "a", 41, 31_949, Gpus.h100(0));
        AuthorizationStrategy before = JENKINS.jenkins.getAuthorizationStrategy();
        SecurityRealm realm = JENKINS.jenkins.getSecurityRealm();
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().toEveryone()
                .grant(Item.READ).everywhere().to("reader"));
        try {
            for (String path : List.of("gpu-leases/", "gpu-leases/api/json")) {
                assertEquals(path, 404, status("stranger", path));
                assertEquals(path, 200, status("reader", path));
            }
        } finally {
            JENKINS.jenkins.setAuthorizationStrategy(before);
            JENKINS.jenkins.setSecurityRealm(realm);
        }
    }

    private int status(String user, String path) throws Exception {
        return JENKINS.createWebClient().withThrowExceptionOnFailingStatusCode(false).login(user).goTo(build.getUrl() + path, null)
                .getWebResponse().getStatusCode();
    }

    @Test
    public void restHasTheCourseForWhoAsksForIt() throws Exception {
        TestLeases.note(build, "a", 41, 31_949, Gpus.h100(0));

        String ofBuild = JENKINS.getJSON(build.getUrl() + "api/json").getContentAsString();
        JSONObject device = JENKINS.getJSON(build.getUrl() + "gpu-leases/api/json?tree=leases[devices[course[*]]]").getJSONObject()
                .getJSONArray("leases").getJSONObject(0).getJSONArray("devices").getJSONObject(0);

        assertThat(ofBuild, containsString("\"peakMemoryMib\":31949"));
        assertThat(ofBuild, not(containsString("course")));
        JSONObject last = device.getJSONArray("course").getJSONObject(2);
        assertEquals(60, last.getInt("seconds"));
        assertEquals(31_949, last.getInt("memoryMib"));
        assertEquals(41, last.getInt("utilization"));
    }

    @Test
    public void restSelectsByTree() throws Exception {
        TestLeases.note(build, "a", 41, 31_949, Gpus.h100(0), Gpus.h100(1));

        String path = "gpu-leases/api/json?tree=leases[node,devices[index,peakMemoryMib]]";
        String json = JENKINS.getJSON(build.getUrl() + path).getContentAsString().replaceAll("\"_class\":\"[^\"]*\",?", "");

        assertEquals("{\"leases\":[{\"devices\":[{\"index\":0,\"peakMemoryMib\":31949},{\"index\":1,\"peakMemoryMib\":31949}],"
                + "\"node\":\"agent-1\"}]}", json);
    }

    @Test
    public void theDocumentationNamesEachFieldOfRest() throws Exception {
        TestLeases.note(build, "a", 41, 31_949, Gpus.h100(0));
        JSONObject action = JENKINS.getJSON(build.getUrl() + "gpu-leases/api/json?tree=*,leases[*,devices[*,course[*]]]").getJSONObject();
        JSONObject lease = action.getJSONArray("leases").getJSONObject(0);
        JSONObject device = lease.getJSONArray("devices").getJSONObject(0);

        assertEquals(RestFields.documented("the action"), RestFields.of(action));
        assertEquals(RestFields.documented("`leases[]` of a build"), RestFields.of(lease));
        assertEquals(RestFields.documented("`devices[]` of a lease"), RestFields.of(device));
        assertEquals(RestFields.documented("`course[]` of a device"), RestFields.of(device.getJSONArray("course").getJSONObject(0)));
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
        for (int i = 0; i < KeptLeases.MAX_LEASES + 9; i++) {
            grant("lease-" + i, Gpus.h100(1));
            GpuLeasesAction.returned(build, "lease-" + i, new Returned(Map.of(), LeaseUsage.UNKNOWN));
        }

        assertEquals(KeptLeases.MAX_LEASES, action().getLeases().size());
        assertEquals(10, action().getForgotten());
        assertEquals("held", action().getLeases().get(0).getId());
        assertEquals(Set.of("held"), GpuLeasesAction.held(build));
    }

    @Test
    public void theBuildKeepsItsLeasesOnDisk() throws Exception {
        Device mig = Gpus.instanceOf(Gpus.h100(2), "1g.10gb");
        grant("a", Gpus.h100(0), mig);
        grant("b", new Device("GPU-b", 1, "GB10", null, ComputeCapability.parse("12.1"), "0000:01:00.0", -1, false, null, null,
                Gpus.h100(0).health()));
        GpuLeasesAction.returned(build, "a", new Returned(Map.of(), usage()));
        LeaseHistory.saveAll();

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
