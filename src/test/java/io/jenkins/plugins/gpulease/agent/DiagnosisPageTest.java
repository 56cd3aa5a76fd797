package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import hudson.model.Computer;
import hudson.model.Slave;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.doctor.Doctor;
import io.jenkins.plugins.gpulease.engine.nvml.FakeNvml;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import org.htmlunit.html.HtmlPage;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.InboundAgentRule;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** What is found of this machine isn't known here; what is found with the fake NVML library is. */
public class DiagnosisPageTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final InboundAgentRule AGENTS = new InboundAgentRule();

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @BeforeClass
    public static void users() {
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().toEveryone()
                .grant(Computer.CONFIGURE).everywhere().to("operator")
                .grant(Jenkins.ADMINISTER).everywhere().to("admin"));
    }

    private static WebClient user(String user) throws Exception {
        return JENKINS.createWebClient().withThrowExceptionOnFailingStatusCode(false).login(user);
    }

    private static String url(Computer computer) {
        return computer.getUrl() + "gpus/";
    }

    /** Presses the button on the page of the GPUs, and comes back when there is something to read. */
    private static HtmlPage diagnose(String user, Computer computer) throws Exception {
        HtmlPage begun = JENKINS.submit(user(user).goTo(url(computer)).getFormByName("diagnose"));
        assertThat(begun.getUrl().toString(), containsString(url(computer) + "diagnosis/"));
        GpuTestNodes.await(() -> !Diagnoses.get().find(NodeNames.of(computer)).isRunning());
        return user(user).goTo(url(computer) + "diagnosis/");
    }

    private static String findings(HtmlPage page) {
        return page.getElementById("gpu-findings").asNormalizedText();
    }

    private void useLibrary(Slave agent) throws Exception {
        GpuNodeProperty property = new GpuNodeProperty();
        property.setLibraryPath(nvml.libraryPath());
        GpuTestNodes.configure(agent, property);
    }

    @Test
    public void anInboundAgentTellsWhatItsDriverSays() throws Exception {
        Slave agent = AGENTS.createAgent(JENKINS, InboundAgentRule.Options.newBuilder().name("inbound").build());
        nvml.world().gpu("GPU-a").name("NVIDIA <b>H100</b>");
        nvml.world().write();
        useLibrary(agent);
        HtmlPage page = diagnose("operator", agent.toComputer());
        assertThat(findings(page), containsString("1 GPU answers: GPU 0 (NVIDIA <b>H100</b>)"));
        assertThat(page.getElementById("gpu-diagnosis").asNormalizedText(), containsString("Begun "));
        assertThat(page.getWebResponse().getContentAsString(), not(containsString("<b>H100")));

        nvml.world().initAnswers(18);
        nvml.world().write();
        assertThat(findings(diagnose("operator", agent.toComputer())), containsString("driver and library have different versions (NVML code 18)"));
    }

    @Test
    public void theBuiltInNodeIsDiagnosedToo() throws Exception {
        assertThat(findings(diagnose("admin", JENKINS.jenkins.toComputer())), containsString("Java " + System.getProperty("java.version")));
    }

    @Test
    public void theConfigurationOfTheNodeMayBeTheReason() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "simulated", "2xH100:80GB");
        assertThat(findings(diagnose("operator", agent.toComputer())), containsString("The GPUs of this node are simulated (2xH100:80GB)"));
        GpuNodeProperty off = new GpuNodeProperty();
        off.setDiscovery(false);
        GpuTestNodes.configure(agent, off);
        assertThat(findings(diagnose("operator", agent.toComputer())), containsString("Finding GPUs is switched off"));
    }

    @Test
    public void anAgentThatIsOfflineIsSaidToBe() throws Exception {
        DumbSlave agent = JENKINS.createOnlineSlave();
        agent.toComputer().disconnect(new OfflineCause.ByCLI("test")).get(60, TimeUnit.SECONDS);
        HtmlPage page = diagnose("operator", agent.toComputer());
        assertThat(page.getElementById("gpu-diagnosis").asNormalizedText(), containsString(agent.getNodeName() + " is offline"));
        assertNull(page.getElementById("gpu-findings"));
    }

    @Test
    public void whoMayNotDiagnoseTheNodeHasNoButton() throws Exception {
        HtmlPage page = user("reader").goTo(url(JENKINS.createOnlineSlave().toComputer()));
        assertEquals(0, page.getForms().stream().filter(form -> form.getNameAttribute().equals("diagnose")).count());
    }

    @Test
    public void aDriverThatHangsIsAFindingAndBlocksNoPage() throws Exception {
        Slave agent = AGENTS.createAgent(JENKINS, InboundAgentRule.Options.newBuilder().name("hanging").build());
        nvml.world().gpu("GPU-a");
        nvml.world().write();
        useLibrary(agent);
        nvml.world().gpu("GPU-a").hang("nvmlDeviceGetPersistenceMode");
        nvml.world().write();
        Computer computer = agent.toComputer();

        HtmlPage begun = JENKINS.submit(user("operator").goTo(url(computer)).getFormByName("diagnose"));
        for (String page : List.of(url(computer), url(computer) + "diagnosis/", "gpu-leases/")) {
            assertEquals(page, 200, user("operator").goTo(page).getWebResponse().getStatusCode());
        }
        Diagnosis going = Diagnoses.get().find("hanging");
        assertTrue("pages came while it hung", going.isRunning());
        assertThat(begun.getElementById("gpu-diagnosis").asNormalizedText(), containsString("this page loads itself again"));

        Instant latest = going.startedAt().plus(Doctor.LONGEST).plusSeconds(30);
        while (Diagnoses.get().find("hanging").isRunning() && Instant.now().isBefore(latest)) {
            Thread.sleep(200);
        }
        assertFalse("it has ended in time", Diagnoses.get().find("hanging").isRunning());
        String findings = findings(user("operator").goTo(url(computer) + "diagnosis/"));
        assertThat(findings, containsString("was killed, as it hadn't ended after 60 s, while"));
        assertThat("what was found before", findings, containsString("Java " + System.getProperty("java.version")));
        assertNull("leases go on", GpuTestNodes.view(agent).unreachable());
    }

    @Test
    public void aNodeThatIsRemovedTakesItsDiagnosisAlong() throws Exception {
        DumbSlave agent = JENKINS.createOnlineSlave();
        diagnose("operator", agent.toComputer());
        JENKINS.jenkins.removeNode(agent);
        assertNull(Diagnoses.get().find(agent.getNodeName()));
    }
}
