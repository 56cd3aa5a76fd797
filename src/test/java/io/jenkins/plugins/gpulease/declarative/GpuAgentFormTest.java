package io.jenkins.plugins.gpulease.declarative;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;

import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.pipeline.GpuStep;
import java.util.Set;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.pipeline.modeldefinition.generator.AgentDirective;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.kohsuke.stapler.DataBoundConstructor;

/** The agent in the Directive Generator. */
public class GpuAgentFormTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    /** Has the form of the agent. */
    public static final class FormStep extends Step {

        private final GpuAgent agent;

        @DataBoundConstructor
        public FormStep(GpuAgent agent) {
            this.agent = agent;
        }

        public GpuAgent getAgent() {
            return agent;
        }

        @Override
        public StepExecution start(StepContext context) {
            throw new UnsupportedOperationException();
        }

        @TestExtension
        public static final class DescriptorImpl extends StepDescriptor {

            @Override
            public String getFunctionName() {
                return "formOfGpuAgent";
            }

            @Override
            public Set<? extends Class<?>> getRequiredContext() {
                return Set.of();
            }
        }
    }

    @Test
    public void theFormGivesBackWhatItWasGiven() throws Exception {
        GpuAgent back = new StepConfigTester(JENKINS).configRoundTrip(new FormStep(full())).getAgent();

        assertEquals(UninstantiatedDescribable.from(full()), UninstantiatedDescribable.from(back));
    }

    @Test
    public void anUntouchedFormStaysABareAgent() throws Exception {
        GpuAgent back = new StepConfigTester(JENKINS).configRoundTrip(new FormStep(new GpuAgent())).getAgent();

        assertEquals("agent {\n  gpu true\n}", new AgentDirective(back).toGroovy(true));
    }

    @Test
    public void theDirectiveLeavesDefaultsOut() {
        GpuAgent agent = new GpuAgent();
        agent.setCount(2);
        agent.setMinMemory("40 GB");
        agent.setLabel("linux");

        assertEquals(
                "agent {\n  gpu {\n    count 2\n    label 'linux'\n    minMemory '40 GB'\n  }\n}",
                new AgentDirective(agent).toGroovy(true));
    }

    @Test
    public void itHasEachParameterOfTheStep() {
        Set<String> names = names(GpuAgent.class);
        Set<String> ofStep = names(GpuStep.class);
        ofStep.remove("ownNode");

        ofStep.removeAll(names);
        assertEquals(Set.of(), ofStep);
    }

    @Test
    public void itsStepGetsAllThatTheStepHas() {
        GpuStep step = DescribableModel.of(GpuStep.class).instantiate(full().stepArguments());
        UninstantiatedDescribable described = UninstantiatedDescribable.from(step);

        assertEquals(names(GpuStep.class), described.getArguments().keySet());
    }

    @Test
    public void eachParameterHasHelp() throws Exception {
        GpuAgent.DescriptorImpl descriptor = JENKINS.jenkins.getDescriptorByType(GpuAgent.DescriptorImpl.class);
        JenkinsRule.WebClient client = JENKINS.createWebClient();

        for (String name : names(GpuAgent.class)) {
            String help = JENKINS.executeOnServer(() -> descriptor.getHelpFile(name));
            assertThat(name + " has help: " + help, client.goTo(help.substring(1)).asXml(), containsString("<div>"));
        }
    }

    @Test
    public void aLabelIsCheckedAsThatOfOtherAgents() throws Exception {
        WorkflowJob job = Builds.job(JENKINS, "");
        GpuAgent.DescriptorImpl descriptor = JENKINS.jenkins.getDescriptorByType(GpuAgent.DescriptorImpl.class);

        assertEquals(FormValidation.Kind.OK, descriptor.doCheckLabel(job, "").kind);
        assertEquals(FormValidation.Kind.ERROR, descriptor.doCheckLabel(job, "a &&").kind);
    }

    private static Set<String> names(Class<?> describable) {
        return DescribableModel.of(describable).getParameters().stream()
                .map(DescribableParameter::getName)
                .collect(Collectors.toSet());
    }

    private static GpuAgent full() {
        GpuAgent agent = new GpuAgent();
        agent.setCount("3");
        agent.setMinMemory("16 GB");
        agent.setModel("H100|A100");
        agent.setMinComputeCapability("8.0");
        agent.setMinDriver("535.104");
        agent.setCuda("12.4");
        agent.setTopology("any");
        agent.setMig("any");
        agent.setShared(true);
        agent.setTimeout("30m");
        agent.setSkipIfBusy(true);
        agent.setPriority(5);
        agent.setLabel("linux");
        agent.setCustomWorkspace("my/own");
        agent.setRetries(2);
        return agent;
    }
}
