package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import hudson.model.Computer;
import hudson.model.Node;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty.DescriptorImpl;
import jenkins.model.Jenkins;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.springframework.security.access.AccessDeniedException;

public class GpuNodePropertyTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private DescriptorImpl descriptor;

    @Before
    public void descriptor() {
        descriptor = JENKINS.jenkins.getDescriptorByType(DescriptorImpl.class);
    }

    @After
    public void everybodyMayDoEverything() {
        JENKINS.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        JENKINS.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
    }

    private static GpuNodeProperty unusual() {
        GpuNodeProperty property = new GpuNodeProperty();
        property.setDiscovery(false);
        property.setExclude("0\nmodel:T4|P4");
        property.setHostCoordination(false);
        property.setIndices(true);
        property.setLibraryPath("/opt/nvidia/libnvidia-ml.so.1");
        property.setSimulatedGpus("2xA100:40GB,1xT4:16GB");
        property.setSharingMargin("1.5 GiB");
        property.setFailOverBudget(true);
        property.setAutoMemoryFallback("12 GB");
        return property;
    }

    @Test
    public void theFormOfAnAgentKeepsEachSetting() throws Exception {
        Node agent = JENKINS.createSlave("round-trip", null, null);
        agent.getNodeProperties().add(unusual());

        Node saved = JENKINS.configRoundtrip(agent);

        JENKINS.assertEqualDataBoundBeans(unusual(), saved.getNodeProperty(GpuNodeProperty.class));
    }

    @Test
    public void theFormOfAnAgentKeepsTheDefaults() throws Exception {
        Node agent = JENKINS.createSlave("defaults", null, null);
        agent.getNodeProperties().add(new GpuNodeProperty());

        Node saved = JENKINS.configRoundtrip(agent);

        GpuNodeSettings defaults = new GpuNodeSettings(true, null, true, false, null, null, null, false, null);
        assertEquals(defaults, GpuNodeSettings.of(saved));
    }

    @Test
    public void theFormOfTheBuiltInNodeKeepsEachSetting() throws Exception {
        JENKINS.jenkins.getNodeProperties().add(unusual());
        try (JenkinsRule.WebClient browser = JENKINS.createWebClient()) {
            JENKINS.submit(browser.goTo("computer/(built-in)/configure").getFormByName("config"));
            JENKINS.assertEqualDataBoundBeans(unusual(), JENKINS.jenkins.getNodeProperty(GpuNodeProperty.class));
        } finally {
            JENKINS.jenkins.getNodeProperties().clear();
        }
    }

    @Test
    public void aNodeWithoutThePropertyHasTheDefaults() throws Exception {
        GpuNodeSettings defaults = GpuNodeSettings.of(new GpuNodeProperty());
        assertEquals(defaults, GpuNodeSettings.of((Node) JENKINS.jenkins));
    }

    @Test
    public void goodInputIsAccepted() {
        assertOk(descriptor.doCheckExclude(null, "0\nGPU-8b5e\n0000:1b:00.0\nmodel:T4|P4"));
        assertOk(descriptor.doCheckExclude(null, ""));
        assertOk(descriptor.doCheckLibraryPath(null, "/usr/lib64/libnvidia-ml.so.1", ""));
        assertOk(descriptor.doCheckLibraryPath(null, "C:\\Windows\\System32\\nvml.dll", ""));
        assertOk(descriptor.doCheckLibraryPath(null, "", "4xH100:80GB"));
        assertOk(descriptor.doCheckSimulatedGpus(null, " 2xA100:40GB,1xT4:16GB "));
        assertOk(descriptor.doCheckSimulatedGpus(null, null));
        assertOk(descriptor.doCheckSharingMargin(null, " 1 GB "));
        assertOk(descriptor.doCheckSharingMargin(null, ""));
        assertOk(descriptor.doCheckAutoMemoryFallback(null, " 16 GB "));
        assertOk(descriptor.doCheckAutoMemoryFallback(null, ""));
        assertOk(descriptor.doCheckDiscovery(null, true));
        assertOk(descriptor.doCheckHostCoordination(null, true));
        assertOk(descriptor.doCheckIndices(null, false));
    }

    private static void assertOk(FormValidation validation) {
        assertEquals(validation.getMessage(), FormValidation.Kind.OK, validation.kind);
    }

    @Test
    public void badInputIsNamedWithTheRightForm() {
        assertError(descriptor.doCheckExclude(null, "0\nH100"), "H100", "model:");
        assertError(descriptor.doCheckLibraryPath(null, "libnvidia-ml.so.1", ""), "libnvidia-ml.so.1", "/usr/lib64/");
        assertError(descriptor.doCheckSimulatedGpus(null, "four"), "four", "4xH100:80GB");
        assertError(descriptor.doCheckSharingMargin(null, "512"), "sharingMargin &#039;512&#039; has no unit", "16 GB");
        assertError(descriptor.doCheckAutoMemoryFallback(null, "much"), "autoMemoryFallback &#039;much&#039; is not", "16 GB");
    }

    private static void assertError(FormValidation validation, String value, String form) {
        assertEquals(FormValidation.Kind.ERROR, validation.kind);
        assertThat(validation.getMessage(), containsString(value));
        assertThat(validation.getMessage(), containsString(form));
    }

    @Test
    public void whatHasConsequencesIsWarnedOf() {
        assertWarning(descriptor.doCheckDiscovery(null, false), "No GPU of this node");
        assertWarning(descriptor.doCheckHostCoordination(null, false), "same GPUs at the same time");
        assertWarning(descriptor.doCheckIndices(null, true), "Indices may change");
        assertWarning(descriptor.doCheckLibraryPath(null, "/usr/lib/x.so", "4xH100:80GB"), "not used");
    }

    private static void assertWarning(FormValidation validation, String words) {
        assertEquals(FormValidation.Kind.WARNING, validation.kind);
        assertThat(validation.getMessage(), containsString(words));
    }

    @Test
    public void onlyWhoMayConfigureTheNodeGetsAnswers() {
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().to("reader")
                .grant(Jenkins.READ, Computer.CONFIGURE).everywhere().to("keeper"));
        Computer builtIn = JENKINS.jenkins.toComputer();
        try (ACLContext reader = ACL.as2(User.getById("reader", true).impersonate2())) {
            assertThrows(AccessDeniedException.class, () -> descriptor.doCheckExclude(null, "0"));
            assertThrows(AccessDeniedException.class, () -> descriptor.doCheckSharingMargin(null, "1 GB"));
            assertThrows(AccessDeniedException.class, () -> descriptor.doCheckLibraryPath(builtIn, "/x", ""));
        }
        try (ACLContext keeper = ACL.as2(User.getById("keeper", true).impersonate2())) {
            assertOk(descriptor.doCheckExclude(null, "0"));
            assertThrows("the controller is for administrators", AccessDeniedException.class,
                    () -> descriptor.doCheckLibraryPath(builtIn, "/x", ""));
        }
    }
}
