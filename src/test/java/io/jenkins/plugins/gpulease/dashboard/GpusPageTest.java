package io.jenkins.plugins.gpulease.dashboard;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;

import hudson.model.Item;
import hudson.model.Label;
import hudson.model.Queue;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.RestFields;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import java.net.URL;
import java.time.Instant;
import java.util.List;
import net.sf.json.JSONObject;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule.WebClient;

/** The page "GPUs" of all nodes, its JSON and REST: who sees what. */
public class GpusPageTest extends WatchedGpus {

    @Test
    public void whoMayNotSeeJenkinsSeesNothing() throws Exception {
        for (String path : List.of("", "live", "api/json", "explain?id=" + waits)) {
            assertEquals(path, 403, get("stranger", path).getStatusCode());
            assertThat(path, get(null, path).getContentAsString(), not(containsString(devices.get(0).uuid())));
        }
    }

    @Test
    public void whoCannotReadTheJobReadsOfABuild() throws Exception {
        for (String path : List.of("live", "api/json?depth=3")) {
            live("reader");
            String text = get("reader", path).getContentAsString();
            assertThat(text, containsString(devices.get(0).uuid()));
            assertThat(path, text, not(containsString("secret")));
        }
        assertEquals(404, get("reader", "explain?id=" + waits).getStatusCode());
    }

    @Test
    public void whoCanReadTheJobReadsItsBuilds() throws Exception {
        assertEquals("secret #1", live("friend").getJSONArray("leases").getJSONObject(0).getString("name"));
        assertThat(get("friend", "api/json?depth=3").getContentAsString(), containsString("job/secret/2/"));
        assertThat(get("friend", "explain?id=" + waits).getContentAsString(), containsString("leased by secret #1"));
    }

    @Test
    public void whatWaitsInTheBuildQueueIsOfItsJob() throws Exception {
        secret.setAssignedLabel(Label.get("nowhere"));
        secret.scheduleBuild2(0);
        Eventually.await("it is in the queue", () -> secret.getQueueItem() != null);
        Queue.Item item = secret.getQueueItem();

        assertEquals(new HolderJob("secret", "job/secret/"), HolderJob.of(BuildHolder.of(item, "lease")));
        Queue.getInstance().cancel(item);
    }

    @Test
    public void onlyWhoManagesTheNodeGetsButtons() throws Exception {
        assertEquals(0, live("friend").getJSONArray("manages").size());
        assertEquals("built-in", live("manager").getJSONArray("manages").getJSONObject(0).getString("name"));
    }

    @Test
    public void theTreeOfRestSelects() throws Exception {
        JSONObject json = JSONObject.fromObject(
                get("reader", "api/json?tree=nodes[name,devices[index,state]],waiters[asked,place]").getContentAsString());

        assertEquals("[{\"index\":0,\"state\":\"LEASED\"},{\"index\":1,\"state\":\"IDLE\"}]",
                withoutClasses(json.getJSONArray("nodes").getJSONObject(0).getJSONArray("devices").toString()));
        assertEquals("2 GPUs", json.getJSONArray("waiters").getJSONObject(0).getString("asked"));
    }

    @Test
    public void restTellsGpusInMigModeFromIdleOnes() throws Exception {
        GpuLeases.get().table().setInventory("mig-01", Gpus.inventory(Gpus.inMigMode(Gpus.h100(0)), Gpus.h100(1)));

        try {
            String nodes = withoutClasses(get("admin", "api/json?tree=nodes[devices[index,migMode]]").getContentAsString());
            assertThat(nodes, containsString("[{\"index\":0,\"migMode\":true},{\"index\":1,\"migMode\":false}]"));
        } finally {
            GpuLeases.get().table().removeNode("mig-01");
        }
    }

    @Test
    public void theDocumentationNamesEachFieldOfRest() throws Exception {
        JSONObject json = JSONObject.fromObject(get("friend", "api/json?depth=3").getContentAsString());

        for (String beans : List.of("nodes", "leases", "waiters")) {
            assertEquals(RestFields.documented("`" + beans + "[]`"), RestFields.of(json.getJSONArray(beans).getJSONObject(0)));
        }
        JSONObject device = json.getJSONArray("nodes").getJSONObject(0).getJSONArray("devices").getJSONObject(0);
        assertEquals(RestFields.documented("`devices[]`"), RestFields.of(device));
    }

    private static String withoutClasses(String json) {
        return json.replaceAll("\"_class\":\"[^\"]*\",?", "");
    }

    // ---- the JSON's version

    @Test
    public void whoHasTheCurrentVersionGetsNothingNew() throws Exception {
        live("reader");
        WebResponse first = get("reader", "live");
        WebRequest again = new WebRequest(new URL(JENKINS.getURL(), "gpu-leases/live"));
        again.setAdditionalHeader("If-None-Match", first.getResponseHeaderValue("ETag"));
        WebResponse second = client("reader").getPage(again).getWebResponse();

        assertEquals(304, second.getStatusCode());
        assertEquals("", second.getContentAsString());
        assertThat(first.getContentType(), startsWith("application/json"));
    }

    @Test
    public void aChangeIsAnotherVersion() throws Exception {
        live("reader");
        String before = get("reader", "live").getResponseHeaderValue("ETag");
        GpuLeases.get().table().cancel(waits);

        Eventually.await("there is another version",
                () -> !before.equals(get("reader", "live").getResponseHeaderValue("ETag")));
    }

    @Test
    public void anotherUserHasAnotherVersion() throws Exception {
        live("reader");

        assertNotEquals(
                get("reader", "live").getResponseHeaderValue("ETag"), get("friend", "live").getResponseHeaderValue("ETag"));
    }

    // ---- the page

    @Test
    public void thePageHasNoScriptAndNoStyleInIt() throws Exception {
        WebClient client = client("manager");
        client.getOptions().setJavaScriptEnabled(false);
        HtmlPage page = client.getPage(new URL(JENKINS.getURL(), "gpu-leases/"));
        DomElement root = page.querySelector(".gpu-leases");

        assertEquals(List.of(), root.getByXPath(".//script"));
        assertEquals(List.of(), root.getByXPath(".//@style"));
        assertEquals(List.of(), root.getByXPath(".//@*[starts-with(name(), 'on')]"));
        assertEquals(1, page.getByXPath("//script[contains(@src, 'gpulease/dashboard/live.js')]").size());
    }

    // ---- summaries

    @Test
    public void theTableOfNodesAndTheNodesPagesHaveASummary() throws Exception {
        DrainedDevices.get().add(new Drain(devices.get(1).uuid(), "built-in", "fan", "me", Instant.now()));

        for (String path : List.of("computer/", "computer/(built-in)/")) {
            WebClient client = client("reader");
            client.getOptions().setJavaScriptEnabled(false);
            String text = ((HtmlPage) client.getPage(new URL(JENKINS.getURL(), path))).asNormalizedText();
            assertThat(path, text, containsString("0 of 2 idle"));
            assertThat(path, text, containsString("1 drained"));
        }
    }
}
