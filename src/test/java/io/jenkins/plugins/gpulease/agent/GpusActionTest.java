package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;

import hudson.model.Computer;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.net.URL;
import java.time.Instant;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlPage;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

public class GpusActionTest {

    private static final String NODE = "gpu-agent";
    private static final String PAGE = "computer/" + NODE + "/gpus/";

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static DumbSlave agent;

    @BeforeClass
    public static void aNodeWithALease() throws Exception {
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().toEveryone()
                .grant(Computer.CONFIGURE).everywhere().to("operator"));
        agent = GpuTestNodes.simulatedAgent(JENKINS, NODE, "3xH100:80GB");
        Device first = GpuTestNodes.view(agent).inventory().devices().get(0);
        Device shared = GpuTestNodes.view(agent).inventory().devices().get(2);
        for (int number = 2; number <= 3; number++) {
            GpuLeases.get().table().adopt(new Lease(
                    "s" + number, NODE, List.of(shared), MemorySize.parse(number + " GB"),
                    new Holder("s" + number, "<b>secret</b> #" + number), null, Instant.now(), Instant.now(), true));
        }
        GpuLeases.get().table().adopt(new Lease(
                "1", NODE, List.of(first), null, new Holder("1", "<b>secret</b> #1"), null, Instant.now(), Instant.now()));
    }

    private static HtmlPage page(String user) throws Exception {
        return user(user).goTo(PAGE);
    }

    private static WebClient user(String user) throws Exception {
        return JENKINS.createWebClient().withThrowExceptionOnFailingStatusCode(false).login(user);
    }

    @Test
    public void thePageShowsEachDevice() throws Exception {
        String text = page("operator").getElementById("gpus").asNormalizedText();
        for (Device device : GpuTestNodes.view(agent).inventory().devices()) {
            assertThat(text, containsString(device.uuid()));
            assertThat(text, containsString(device.pciBusId()));
        }
        assertThat(text, containsString("leased\t<b>secret</b> #1"));
        assertThat(text, containsString("idle"));
        assertThat(text, containsString(
                "leased\tshared by <b>secret</b> #2 (2 GB), <b>secret</b> #3 (3 GB); 5 GB of 80 GB promised, 69.3 GiB left"));
    }

    @Test
    public void whoMayNotConfigureTheNodeReadsNoNamesOfBuilds() throws Exception {
        HtmlPage page = page("reader");
        assertThat(page.getElementById("gpus").asNormalizedText(), containsString("leased\ta build"));
        assertThat(page.getElementById("gpus").asNormalizedText(), containsString("shared by a build (2 GB), a build (3 GB)"));
        assertThat(page.asXml(), not(containsString("secret")));
        assertEquals(0, page.getForms().stream().filter(form -> form.getNameAttribute().equals("rescan")).count());
    }

    @Test
    public void theButtonLooksAgain() throws Exception {
        Instant before = GpuNodes.get().of(NODE).lookedAt();
        HtmlPage after = JENKINS.submit(page("operator").getFormByName("rescan"));
        assertThat(after.getUrl().toString(), containsString(PAGE));
        GpuTestNodes.await(() -> !before.equals(GpuNodes.get().of(NODE).lookedAt()));
    }

    @Test
    public void lookingAgainNeedsAPostAndThePermission() throws Exception {
        assertEquals(405, user("operator").goTo(PAGE + "rescan", null).getWebResponse().getStatusCode());

        WebClient reader = user("reader");
        WebRequest request = new WebRequest(new URL(JENKINS.getURL(), PAGE + "rescan"), HttpMethod.POST);
        assertEquals(403, reader.getPage(reader.addCrumb(request)).getWebResponse().getStatusCode());
    }

    @Test
    public void aNodeWithoutGpusHasNoLinkForWhoCannotConfigureIt() throws Exception {
        DumbSlave plain = JENKINS.createOnlineSlave();
        GpuTestNodes.awaitDiscovery(plain);
        String link = "/" + plain.toComputer().getUrl() + "gpus";
        assertThat(user("operator").goTo(plain.toComputer().getUrl()).asXml(), containsString(link));
        assertThat(user("reader").goTo(plain.toComputer().getUrl()).asXml(), not(containsString(link)));
    }

    @Test
    public void aNodeWithoutGpusIsLookedAtAgainByTheSchedule() throws Exception {
        DumbSlave plain = JENKINS.createOnlineSlave();
        GpuTestNodes.awaitDiscovery(plain);
        NodeProbe probe = GpuNodes.get().of(plain.getNodeName());
        Instant before = probe.lookedAt();
        new DiscoverySchedule().doRun();
        GpuTestNodes.await(() -> !before.equals(probe.lookedAt()));
    }
}
