package io.jenkins.plugins.gpulease.wrapper;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;

import hudson.model.FreeStyleProject;
import hudson.model.Items;
import io.jenkins.plugins.gpulease.pipeline.GpuStep;
import java.util.Set;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class GpuBuildWrapperFormTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @Test
    public void theFormGivesBackWhatItWasGiven() throws Exception {
        assertEquals(UninstantiatedDescribable.from(full()), UninstantiatedDescribable.from(afterRoundTrip(full())));
    }

    @Test
    public void anUntouchedFormAsksForOneGpu() throws Exception {
        assertEquals(
                UninstantiatedDescribable.from(new GpuBuildWrapper()),
                UninstantiatedDescribable.from(afterRoundTrip(new GpuBuildWrapper())));
    }

    @Test
    public void whatIsStoredMayLackEverything() {
        String bare = "<" + GpuBuildWrapper.class.getName() + "/>";
        String empty = "<" + GpuBuildWrapper.class.getName() + "><parameters/></" + GpuBuildWrapper.class.getName() + ">";

        assertEquals("1", ((GpuBuildWrapper) Items.XSTREAM2.fromXML(bare)).getCount());
        assertEquals("preferred", ((GpuBuildWrapper) Items.XSTREAM2.fromXML(empty)).getTopology());
    }

    @Test
    public void itHasEachParameterOfTheStep() {
        Set<String> ofStep = names(GpuStep.class);
        ofStep.remove("ownNode");

        assertEquals(ofStep, names(GpuBuildWrapper.class));
    }

    @Test
    public void eachParameterHasHelp() throws Exception {
        GpuBuildWrapper.DescriptorImpl descriptor =
                JENKINS.jenkins.getDescriptorByType(GpuBuildWrapper.DescriptorImpl.class);
        JenkinsRule.WebClient client = JENKINS.createWebClient();

        for (String name : names(GpuBuildWrapper.class)) {
            String help = JENKINS.executeOnServer(() -> descriptor.getHelpFile(name));
            assertThat(name + " has help: " + help, client.goTo(help.substring(1)).asXml(), containsString("<div>"));
        }
    }

    private static GpuBuildWrapper afterRoundTrip(GpuBuildWrapper wrapper) throws Exception {
        FreeStyleProject project = JENKINS.createFreeStyleProject();
        project.getBuildWrappersList().add(wrapper);
        return JENKINS.configRoundtrip(project).getBuildWrappersList().get(GpuBuildWrapper.class);
    }

    private static Set<String> names(Class<?> describable) {
        return DescribableModel.of(describable).getParameters().stream()
                .map(DescribableParameter::getName)
                .collect(Collectors.toSet());
    }

    private static GpuBuildWrapper full() {
        GpuBuildWrapper wrapper = new GpuBuildWrapper();
        wrapper.setCount("3");
        wrapper.setMinMemory("16 GB");
        wrapper.setModel("H100|A100");
        wrapper.setMinComputeCapability("8.0");
        wrapper.setMinDriver("535.104");
        wrapper.setCuda("12.4");
        wrapper.setTopology("any");
        wrapper.setMig("any");
        wrapper.setShared(true);
        wrapper.setTimeout("30m");
        wrapper.setSkipIfBusy(true);
        wrapper.setPriority(5);
        return wrapper;
    }
}
