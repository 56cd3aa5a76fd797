package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;

import hudson.model.Computer;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.net.URL;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlPage;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.LoggerRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

public class GpusActionTest {

    private static final String NODE = "gpu-agent";
    private static final String PAGE = "computer/" + NODE + "/gpus/";

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static final String LOOKED_AGAIN = "operator on " + NODE + ": had its GPUs looked at again ";

    @Rule
    public final LoggerRule logged = new LoggerRule().record("io.jenkins.plugins.gpulease.dashboard", Level.INFO).capture(100);

    private static DumbSlave agent;

    @BeforeClass
    public static void aNodeWithALease() throws Exception {
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().toEveryone()
                .grant(Computer.CONFIGURE).everywhere().to("operator"));
        agent = GpuTestNodes.simulatedAgent(JENKINS, NODE, "2xH100:80GB");
        Device first = GpuTestNodes.view(agent).inventory().devices().get(0);
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
    public void thePageAsksForItsNodeAlone() throws Exception {
        DomElement root = page("operator").querySelector(".gpu-leases");
        assertEquals(NODE, root.getAttribute("data-node"));
    }

    @Test
    public void theMatrixShowsHowTheGpusAreConnected() throws Exception {
        String text = page("reader").getElementById("gpu-matrix").asNormalizedText();
        assertThat(text, containsString("GPU0\tX\t"));
        assertThat(text, containsString("NUMA node"));
    }

    @Test
    public void eventsAreForWhoMayKnowWhatRunsOnTheNode() throws Exception {
        Device second = GpuTestNodes.view(agent).inventory().devices().get(1);
        GpuLeases.get().table().observe(NODE, Map.of(second.uuid(), Verdict.occupied("pid 1 (<b>evil</b>)", List.of())));
        GpuTestNodes.await(() -> !HealthLogs.get().events(NODE).isEmpty());

        assertThat(page("operator").getElementById("gpu-events").asNormalizedText(), containsString("GPU 1\tis occupied: pid 1 (<b>evil</b>)"));
        assertThat(page("reader").asXml(), not(containsString("evil")));
    }

    @Test
    public void whoMayNotManageTheNodeHasNoButton() throws Exception {
        assertEquals(0, page("reader").getForms().stream().filter(form -> form.getNameAttribute().equals("rescan")).count());
    }

    @Test
    public void devicesAreReadWhileSomebodyLooks() throws Exception {
        GpuTestNodes.await(() -> {
            LiveReadings.get().want();
            return LiveReadings.get().of(NODE).size() == 2;
        });
    }

    @Test
    public void theButtonSaysWhatItDoesAndWaitsForAYes() throws Exception {
        WebClient operator = user("operator");
        HtmlPage page = operator.goTo(PAGE);
        HtmlElement button = page.querySelector("form[name=rescan] button");
        button.click();
        GpuTestNodes.await(() -> page.querySelector("dialog") != null);
        assertThat(page.<DomElement>querySelector("dialog").asNormalizedText(), containsString("Builds keep the GPUs that they have"));
        page.<HtmlElement>querySelector("dialog [data-id=cancel]").click();
        GpuTestNodes.await(() -> page.querySelector("dialog") == null);
        operator.waitForBackgroundJavaScript(1_000);
        assertThat(logged.getMessages(), not(hasItem(LOOKED_AGAIN)));

        button.click();
        GpuTestNodes.await(() -> page.querySelector("dialog") != null);
        page.<HtmlElement>querySelector("dialog [data-id=ok]").click();
        GpuTestNodes.await(() -> logged.getMessages().contains(LOOKED_AGAIN));
    }

    @Test
    public void aPostLooksAgain() throws Exception {
        Instant before = GpuNodes.get().of(NODE).lookedAt();
        WebClient operator = user("operator");
        WebRequest request = new WebRequest(new URL(JENKINS.getURL(), PAGE + "rescan"), HttpMethod.POST);
        HtmlPage after = operator.getPage(operator.addCrumb(request));
        assertThat(after.getUrl().toString(), containsString(PAGE));
        GpuTestNodes.await(() -> !before.equals(GpuNodes.get().of(NODE).lookedAt()));
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
