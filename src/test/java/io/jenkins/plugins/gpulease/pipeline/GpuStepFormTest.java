package io.jenkins.plugins.gpulease.pipeline;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.request.GpuParametersDescriptor;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class GpuStepFormTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private final GpuParametersDescriptor descriptor =
            JENKINS.jenkins.getDescriptorByType(GpuParametersDescriptor.class);

    @Test
    public void theFormGivesBackWhatItWasGiven() throws Exception {
        GpuStep back = new StepConfigTester(JENKINS).configRoundTrip(full());

        assertEquals(described(full()), described(back));
    }

    @Test
    public void anUntouchedFormStaysABareStep() throws Exception {
        GpuStep back = new StepConfigTester(JENKINS).configRoundTrip(new GpuStep());

        assertEquals(described(new GpuStep()), described(back));
    }

    @Test
    public void theSnippetLeavesDefaultsOut() throws Exception {
        SnippetizerTester tester = new SnippetizerTester(JENKINS);
        GpuStep two = new GpuStep();
        two.setCount("2");
        two.setMinMemory("40 GB");

        tester.assertRoundTrip(new GpuStep(), "gpu {\n    // some block\n}");
        tester.assertRoundTrip(two, "gpu(count: 2, minMemory: '40 GB') {\n    // some block\n}");
    }

    @Test
    public void theSnippetWritesAllAsText() throws Exception {
        GpuStep all = new GpuStep();
        all.setCount("all");
        all.setTopology("required");
        GpuStep instance = new GpuStep();
        instance.setMig("1g.10gb");

        SnippetizerTester tester = new SnippetizerTester(JENKINS);
        tester.assertRoundTrip(all, "gpu(count: 'all', topology: 'required') {\n    // some block\n}");
        tester.assertRoundTrip(instance, "gpu(mig: '1g.10gb') {\n    // some block\n}");
    }

    @Test
    public void theSnippetOfASharedGpuHasItsBudget() throws Exception {
        GpuStep shared = new GpuStep();
        shared.setMinMemory("6 GB");
        shared.setShared(true);

        new SnippetizerTester(JENKINS).assertRoundTrip(shared, "gpu(minMemory: '6 GB', shared: true) {\n    // some block\n}");
    }

    @Test
    public void sharingIsCheckedTogetherWithWhatItContradicts() {
        assertFault("shared is true without minMemory", descriptor.doCheckShared(null, true, " ", "1"));
        assertFault("shared is true with count 'all'", descriptor.doCheckShared(null, true, "6 GB", "all"));
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckShared(null, true, "6 GB", "2").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckShared(null, true, "6 GB", "").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckShared(null, false, "", "all").kind);
        assertEquals("told at its own field", FormValidation.Kind.OK, descriptor.doCheckShared(null, true, "16", "1").kind);
    }

    @Test
    public void eachFieldIsCheckedAsTheStepDoes() {
        assertFault("count is 0; allowed is 1 to 1024", descriptor.doCheckCount(null, "0"));
        assertFault("count 'x' is not a whole number", descriptor.doCheckCount(null, "x"));
        assertFault("mig 'small' is no MIG profile", descriptor.doCheckMig(null, "small"));
        assertFault("minMemory '16' has no unit", descriptor.doCheckMinMemory(null, "16"));
        assertFault("model '[' is not a regular expression", descriptor.doCheckModel(null, "["));
        assertFault("minComputeCapability '8' is not", descriptor.doCheckMinComputeCapability(null, "8"));
        assertFault("minDriver 'a' is not", descriptor.doCheckMinDriver(null, "a"));
        assertFault("cuda 'a' is not", descriptor.doCheckCuda(null, "a"));
        assertFault("timeout 'soon' is not", descriptor.doCheckTimeout(null, "soon"));
        assertFault("priority 'x' is not a whole number", descriptor.doCheckPriority(null, "x"));
    }

    @Test
    public void whatIsRightOrLeftOutPasses() {
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckCount(null, " 8 ").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckCount(null, "all").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckMig(null, "1g.10gb").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckMinMemory(null, "").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckMinMemory(null, "auto").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckShared(null, true, "auto", "1").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckTimeout(null, "90s").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckPriority(null, "-1").kind);
    }

    private static GpuStep full() {
        GpuStep step = new GpuStep();
        step.setCount("3");
        step.setMinMemory("16 GB");
        step.setModel("H100|A100");
        step.setMinComputeCapability("8.0");
        step.setMinDriver("535.104");
        step.setCuda("12.4");
        step.setTopology("any");
        step.setMig("any");
        step.setTimeout("30m");
        step.setShared(true);
        step.setSkipIfBusy(true);
        step.setPriority(5);
        return step;
    }

    /** All that isn't as it is by default. */
    private static UninstantiatedDescribable described(GpuStep step) {
        return UninstantiatedDescribable.from(step);
    }

    private static void assertFault(String start, FormValidation validation) {
        assertEquals(FormValidation.Kind.ERROR, validation.kind);
        String message = org.apache.commons.text.StringEscapeUtils.unescapeHtml4(validation.getMessage());
        assertTrue(message, message.startsWith(start));
    }
}
