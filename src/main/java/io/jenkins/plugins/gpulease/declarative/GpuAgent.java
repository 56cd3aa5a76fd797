package io.jenkins.plugins.gpulease.declarative;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Item;
import hudson.model.labels.LabelExpression;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.pipeline.GpuStep;
import io.jenkins.plugins.gpulease.request.CountArgument;
import io.jenkins.plugins.gpulease.request.GpuParametersBean;
import io.jenkins.plugins.gpulease.request.GpuParametersDescriptor;
import io.jenkins.plugins.gpulease.request.HasGpuParameters;
import java.util.LinkedHashMap;
import java.util.Map;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.pipeline.modeldefinition.agent.DeclarativeAgentDescriptor;
import org.jenkinsci.plugins.pipeline.modeldefinition.agent.RetryableDeclarativeAgent;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code agent { gpu { count 2; label 'linux' } }}: an agent with GPUs of its own, taken together. All parameters are optional;
 * texts that are blank count as left out.
 */
public final class GpuAgent extends RetryableDeclarativeAgent<GpuAgent> implements HasGpuParameters {

    private static final long serialVersionUID = 1L;

    private final GpuParametersBean parameters = new GpuParametersBean();

    @CheckForNull
    private String label;

    @CheckForNull
    private String customWorkspace;

    @DataBoundConstructor
    public GpuAgent() {
        // every parameter has a default
    }

    @NonNull
    @Override
    public GpuParametersBean parameters() {
        return parameters;
    }

    /** Arguments for the step around the node: what isn't as it is by default. */
    @NonNull
    public Map<String, Object> stepArguments() {
        GpuStep step = new GpuStep(parameters);
        step.setOwnNode(true); // a stage's agent is another one than the Pipeline's, which is around it
        return new LinkedHashMap<>(UninstantiatedDescribable.from(step).getArguments());
    }

    @CheckForNull
    public String getLabel() {
        return label;
    }

    /** Label expression of the nodes that may be used; left out: those that anything may run on. */
    @DataBoundSetter
    public void setLabel(@CheckForNull String label) {
        this.label = Util.fixEmptyAndTrim(label);
    }

    @CheckForNull
    public String getCustomWorkspace() {
        return customWorkspace;
    }

    /** Folder to work in, absolute or below the node's workspaces; left out: the usual one. */
    @DataBoundSetter
    public void setCustomWorkspace(@CheckForNull String customWorkspace) {
        this.customWorkspace = Util.fixEmptyAndTrim(customWorkspace);
    }

    /** Number of GPUs, 1 or more, or {@code all}: a number or a text, which Declarative would tell from each other. */
    @DataBoundSetter
    public void setCount(@CheckForNull Object count) {
        parameters.setCount(count);
    }

    /** Least total memory of each GPU, a number with a unit such as {@code 16 GB}. */
    @DataBoundSetter
    public void setMinMemory(@CheckForNull String minMemory) {
        parameters.setMinMemory(minMemory);
    }

    /** Regular expression searched in the GPU's name, ignoring case. */
    @DataBoundSetter
    public void setModel(@CheckForNull String model) {
        parameters.setModel(model);
    }

    /** Least CUDA compute capability, such as {@code 8.0}. */
    @DataBoundSetter
    public void setMinComputeCapability(@CheckForNull String minComputeCapability) {
        parameters.setMinComputeCapability(minComputeCapability);
    }

    /** Least version of the NVIDIA driver, such as {@code 535.104}. */
    @DataBoundSetter
    public void setMinDriver(@CheckForNull String minDriver) {
        parameters.setMinDriver(minDriver);
    }

    /** CUDA version that the driver must support at least, such as {@code 12.4}. */
    @DataBoundSetter
    public void setCuda(@CheckForNull String cuda) {
        parameters.setCuda(cuda);
    }

    /** How much it matters how the GPUs are connected: {@code any}, {@code preferred} or {@code required}. */
    @DataBoundSetter
    public void setTopology(@CheckForNull String topology) {
        parameters.setTopology(topology);
    }

    /** MIG instances instead of whole GPUs: a profile such as {@code 1g.10gb}, or {@code any}. */
    @DataBoundSetter
    public void setMig(@CheckForNull String mig) {
        parameters.setMig(mig);
    }

    /** Let others share the GPUs; {@code minMemory} is the budget that is stayed within then. */
    @DataBoundSetter
    public void setShared(boolean shared) {
        parameters.setShared(shared);
    }

    /** How long it may wait for its GPUs, such as {@code 30m}; left out: for as long as it takes. */
    @DataBoundSetter
    public void setTimeout(@CheckForNull String timeout) {
        parameters.setTimeout(timeout);
    }

    /** Leave out what would run there if it would have to wait. */
    @DataBoundSetter
    public void setSkipIfBusy(boolean skipIfBusy) {
        parameters.setSkipIfBusy(skipIfBusy);
    }

    /** Higher goes first; equal ones in the order of arrival. */
    @DataBoundSetter
    public void setPriority(int priority) {
        parameters.setPriority(priority);
    }

    /** Describes the agent to Declarative and to its Directive Generator. */
    @Symbol("gpu")
    @OptionalExtension(requirePlugins = "pipeline-model-extensions")
    public static final class DescriptorImpl extends DeclarativeAgentDescriptor<GpuAgent> implements CustomDescribableModel {

        public DescriptorImpl() {
            for (DescribableParameter parameter : DescribableModel.of(GpuStep.class).getParameters()) {
                addHelpFileRedirect(parameter.getName(), GpuStep.class, parameter.getName());
            }
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GpuAgent_displayName();
        }

        /** Forms can't give a property of two types. */
        @Override
        public GpuAgent newInstance(@CheckForNull StaplerRequest2 request, @NonNull JSONObject form) throws FormException {
            JSONObject others = JSONObject.fromObject(form);
            Object count = others.remove("count");
            GpuAgent agent = super.newInstance(request, others);
            agent.setCount(count);
            return agent;
        }

        @NonNull
        @Override
        public UninstantiatedDescribable customUninstantiate(@NonNull UninstantiatedDescribable agent) {
            return CountArgument.asNumber(agent);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckLabel(@AncestorInPath Item item, @QueryParameter String value) {
            return GpuParametersDescriptor.mayConfigure(item) ? LabelExpression.validate(value, item) : FormValidation.ok();
        }
    }
}
