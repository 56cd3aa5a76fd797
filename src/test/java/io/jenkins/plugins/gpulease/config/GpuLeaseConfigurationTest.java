package io.jenkins.plugins.gpulease.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.GrantListener;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.usage.AutoMemory;
import io.jenkins.plugins.gpulease.engine.usage.HintThresholds;
import io.jenkins.plugins.gpulease.memory.LearnedMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.FailingHttpStatusCodeException;
import org.htmlunit.html.HtmlForm;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

public class GpuLeaseConfigurationTest {

    private static final String NODE = "built-in";

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private final GpuLeaseConfiguration configuration = GpuLeaseConfiguration.get();
    private final LeaseTable table = GpuLeases.get().table();

    @Before
    public void twoGpus() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xT4:16GB");
        table.resume();
    }

    @After
    public void theDefaultsAreBackAndNothingIsLeft() throws Exception {
        JENKINS.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        JENKINS.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
        for (String id : List.of("first", "two", "small", "low", "high")) {
            table.cancel(id);
            table.release(id);
        }
        configuration.setMaxOvertakes(LeaseTable.DEFAULT_MAX_OVERTAKES);
        configuration.setAgeing(null);
        configuration.setUsageHints(null);
        configuration.setAutoMemory(null);
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    private void ask(String id, int count, int priority) {
        table.request(
                new LeaseRequest(id, NODE, DeviceRequest.of(count), new Holder(id, "build " + id), priority, null, false),
                new GrantListener() {
                    @Override
                    public void onGranted(Lease lease) {
                        // the table tells
                    }

                    @Override
                    public void onFailed(LeaseFailure failure) {
                        throw new AssertionError(failure.message());
                    }
                });
    }

    private void askAndGet(String id, int count) throws Exception {
        ask(id, count, 0);
        Eventually.await(id + " is granted", () -> table.lease(id).isPresent());
    }

    private List<String> waiting() {
        return table.view(NODE).orElseThrow().waiters().stream().map(waiter -> waiter.request().id()).toList();
    }

    // ---- what it does

    @Test
    public void howOftenARequestIsOvertakenHoldsForThoseThatWaitAlready() throws Exception {
        configuration.setMaxOvertakes(0);
        askAndGet("first", 1);
        ask("two", 2, 0);
        ask("small", 1, 0);
        assertEquals("nobody overtakes", List.of("two", "small"), waiting());

        configuration.setMaxOvertakes(1);

        Eventually.await("the small one overtakes", () -> table.lease("small").isPresent());
        assertEquals(List.of("two"), waiting());
    }

    @Test
    public void whoHasWaitedForLongGoesBeforeAHigherPriority() throws Exception {
        configuration.setAgeing("0");
        askAndGet("first", 2);
        ask("low", 1, 0);
        Instant asked = Instant.now();
        Eventually.await("a second has passed", () -> Instant.now().isAfter(asked.plus(Duration.ofMillis(1_050))));
        ask("high", 1, 1);
        assertEquals(List.of("high", "low"), waiting());

        configuration.setAgeing("1s");
        assertEquals(List.of("low", "high"), waiting());

        configuration.setAgeing("off");
        assertEquals(List.of("high", "low"), waiting());
    }

    // ---- form

    @Test
    public void theFormKeepsEachSetting() throws Exception {
        configuration.setMaxOvertakes(7);
        configuration.setAgeing("1h");
        UsageHintsConfig hints = new UsageHintsConfig();
        hints.setEnabled(false);
        hints.setLeastSeconds(7);
        hints.setMemoryPercent(8);
        hints.setUtilizationPercent(9);
        hints.setThrottledPercent(10);
        configuration.setUsageHints(hints);
        AutoMemoryConfig auto = new AutoMemoryConfig();
        auto.setFallback("12 GB");
        auto.setMarginPercent(0);
        auto.setBuilds(3);
        configuration.setAutoMemory(auto);

        JENKINS.configRoundtrip();

        JENKINS.assertEqualDataBoundBeans(hints, configuration.getUsageHints());
        JENKINS.assertEqualDataBoundBeans(auto, configuration.getAutoMemory());
        JENKINS.assertEqualDataBoundBeans(hints, new GpuLeaseConfiguration().getUsageHints());
        JENKINS.assertEqualDataBoundBeans(auto, new GpuLeaseConfiguration().getAutoMemory());

        assertEquals(7, configuration.getMaxOvertakes());
        assertEquals("1h", configuration.getAgeing());
        assertEquals(7, new GpuLeaseConfiguration().getMaxOvertakes());
        assertEquals("1h", new GpuLeaseConfiguration().getAgeing());
    }

    @Test
    public void theFormHasTheDefaults() throws Exception {
        JENKINS.configRoundtrip();

        assertEquals(4, configuration.getMaxOvertakes());
        assertEquals("10m", configuration.getAgeing());
    }

    @Test
    public void whatIsWrongInTheFormIsToldAndChangesNothing() throws Exception {
        try (JenkinsRule.WebClient browser = JENKINS.createWebClient()) {
            HtmlForm form = browser.goTo("configure").getFormByName("config");
            form.getInputByName("_.maxOvertakes").setValue("9");
            form.getInputByName("_.ageing").setValue("soon");

            FailingHttpStatusCodeException refused =
                    assertThrows(FailingHttpStatusCodeException.class, () -> JENKINS.submit(form));

            assertThat(refused.getResponse().getContentAsString(), containsString("ageing 'soon' is not a time"));
        }
        assertEquals(4, configuration.getMaxOvertakes());
        assertEquals("10m", configuration.getAgeing());
    }

    @Test
    public void whatIsWrongInASectionChangesNothingElse() throws Exception {
        try (JenkinsRule.WebClient browser = JENKINS.createWebClient()) {
            HtmlForm form = browser.goTo("configure").getFormByName("config");
            form.getInputByName("_.maxOvertakes").setValue("9");
            form.getInputByName("_.fallback").setValue("16");

            FailingHttpStatusCodeException refused =
                    assertThrows(FailingHttpStatusCodeException.class, () -> JENKINS.submit(form));

            assertThat(refused.getResponse().getContentAsString(), containsString("has no unit"));
        }
        assertEquals(4, configuration.getMaxOvertakes());
    }

    @Test
    public void whatIsSetHoldsForHintsAndAutomaticMemoryAtOnce() {
        AutoMemoryConfig auto = new AutoMemoryConfig();
        auto.setFallback("12 GB");
        configuration.setAutoMemory(auto);
        UsageHintsConfig off = new UsageHintsConfig();
        off.setEnabled(false);
        configuration.setUsageHints(off);

        assertEquals(new AutoMemory(MemorySize.parse("12 GB"), 20, 10), LearnedMemory.get().settings());
        assertNull(off.toThresholds());
        assertEquals(HintThresholds.DEFAULT, new UsageHintsConfig().toThresholds());
    }

    @Test
    public void theSectionsCheckWhileOneTypes() {
        UsageHintsConfig.DescriptorImpl hints = JENKINS.jenkins.getDescriptorByType(UsageHintsConfig.DescriptorImpl.class);
        AutoMemoryConfig.DescriptorImpl auto = JENKINS.jenkins.getDescriptorByType(AutoMemoryConfig.DescriptorImpl.class);

        assertEquals(FormValidation.Kind.OK, hints.doCheckMemoryPercent("100").kind);
        assertFault(hints.doCheckMemoryPercent("101"), "allowed is a whole number from 0 to 100");
        assertFault(hints.doCheckUtilizationPercent("x"), "utilizationPercent is ");
        assertFault(hints.doCheckThrottledPercent("0"), "from 1 to 100");
        assertFault(hints.doCheckLeastSeconds("-1"), "leastSeconds");
        assertEquals(FormValidation.Kind.OK, auto.doCheckFallback("").kind);
        assertFault(auto.doCheckFallback("16"), "has no unit");
        assertFault(auto.doCheckMarginPercent("401"), "marginPercent is ");
        assertFault(auto.doCheckBuilds("2"), "allowed is a whole number from 3 to 30");
    }

    @Test
    public void theFormChecksWhileOneTypes() {
        assertEquals(FormValidation.Kind.OK, configuration.doCheckMaxOvertakes(" 0 ").kind);
        assertEquals(FormValidation.Kind.OK, configuration.doCheckAgeing("off").kind);
        assertFault(configuration.doCheckMaxOvertakes("-1"), "maxOvertakes is");
        assertFault(configuration.doCheckMaxOvertakes(""), "0 or more");
        assertFault(configuration.doCheckAgeing("10"), "is not a time");
    }

    private static void assertFault(FormValidation validation, String words) {
        assertEquals(FormValidation.Kind.ERROR, validation.kind);
        assertThat(validation.getMessage(), containsString(words));
    }

    @Test
    public void onlyAdministratorsGetAnswers() {
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(
                new MockAuthorizationStrategy().grant(Jenkins.READ).everywhere().to("reader"));
        try (ACLContext reader = ACL.as2(User.getById("reader", true).impersonate2())) {
            assertThrows(AccessDeniedException3.class, () -> configuration.doCheckMaxOvertakes("4"));
            assertThrows(AccessDeniedException3.class, () -> configuration.doCheckAgeing("10m"));
        }
    }

    @Test
    public void whatIsWrongInCodeIsAnError() {
        String overtakes = assertThrows(IllegalArgumentException.class, () -> configuration.setMaxOvertakes(-1)).getMessage();
        String ageing = assertThrows(IllegalArgumentException.class, () -> configuration.setAgeing("soon")).getMessage();

        assertTrue(overtakes, overtakes.contains("maxOvertakes is '-1'"));
        assertTrue(ageing, ageing.contains("ageing 'soon'"));
    }
}
