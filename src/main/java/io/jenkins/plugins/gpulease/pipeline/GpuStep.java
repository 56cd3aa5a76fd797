package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gpulease.request.CountArgument;
import io.jenkins.plugins.gpulease.request.GpuParametersBean;
import io.jenkins.plugins.gpulease.request.GpuRequest;
import io.jenkins.plugins.gpulease.request.HasGpuParameters;
import java.io.IOException;
import java.io.Serializable;
import java.util.Set;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * {@code gpu(count: 2, minMemory: '40 GB') { … }}: leases specific GPUs for the time of its block: of the node around it or,
 * where there is none, together with the node in it. All parameters are optional; texts that are blank count as left out.
 */
public final class GpuStep extends Step implements HasGpuParameters, Serializable {

    private static final long serialVersionUID = 1L;

    private final GpuParametersBean parameters;
    private boolean ownNode;

    @DataBoundConstructor
    public GpuStep() {
        this(new GpuParametersBean()); // every parameter has a default
    }

    public GpuStep(@NonNull GpuParametersBean parameters) {
        this.parameters = parameters;
    }

    @NonNull
    @Override
    public GpuParametersBean parameters() {
        return parameters;
    }

    /** Number of GPUs, 1 or more, or {@code all}: a number or a text, which Declarative would tell from each other. */
    @DataBoundSetter
    public void setCount(@CheckForNull Object count) {
        parameters.setCount(count);
    }

    /** Least total memory of each GPU, a number with a unit such as {@code 16 GB}; or {@code auto}: what earlier builds needed. */
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

    /** Let others share the GPUs; {@code minMemory} is the budget that the block stays within then. */
    @DataBoundSetter
    public void setShared(boolean shared) {
        parameters.setShared(shared);
    }

    /** How long the block may wait for its GPUs, such as {@code 30m}; left out: for as long as it takes. */
    @DataBoundSetter
    public void setTimeout(@CheckForNull String timeout) {
        parameters.setTimeout(timeout);
    }

    /** Leave the block out, and return null, if it would have to wait. */
    @DataBoundSetter
    public void setSkipIfBusy(boolean skipIfBusy) {
        parameters.setSkipIfBusy(skipIfBusy);
    }

    /** Higher goes first; equal ones in the order of arrival. */
    @DataBoundSetter
    public void setPriority(int priority) {
        parameters.setPriority(priority);
    }

    public boolean isOwnNode() {
        return ownNode;
    }

    /** Lease GPUs with a node inside the block, even if there is one around it. */
    @DataBoundSetter
    public void setOwnNode(boolean ownNode) {
        this.ownNode = ownNode;
    }

    @Override
    public StepExecution start(StepContext context) throws IOException, InterruptedException {
        try {
            GpuRequest request = new GpuRequest(this);
            return ownNode || context.get(Node.class) == null
                    ? new OutsideBlockExecution(context, request)
                    : new GpuStepExecution(context, request);
        } catch (IllegalArgumentException e) {
            throw new AbortException(Messages.GpuStep_badParameters(e.getMessage()));
        }
    }

    /** Describes the step to Pipeline and to the Snippet Generator. */
    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements CustomDescribableModel {

        @Override
        public String getFunctionName() {
            return "gpu";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GpuStep_displayName();
        }

        @Override
        public boolean takesImplicitBlockArgument() {
            return true;
        }

        /** A node isn't among them: without one, GPUs are leased with the node in the block. */
        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class);
        }

        @Override
        public Set<? extends Class<?>> getProvidedContext() {
            return Set.of(EnvironmentExpander.class, EnclosingLease.class);
        }

        /** Forms can't give a property of two types. */
        @Override
        public Step newInstance(@CheckForNull StaplerRequest2 request, @NonNull JSONObject form) throws FormException {
            JSONObject others = JSONObject.fromObject(form);
            Object count = others.remove("count");
            GpuStep step = (GpuStep) super.newInstance(request, others);
            step.setCount(count);
            return step;
        }

        @NonNull
        @Override
        public UninstantiatedDescribable customUninstantiate(@NonNull UninstantiatedDescribable step) {
            return CountArgument.asNumber(step);
        }
    }
}
