package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import io.jenkins.plugins.gpulease.request.CountArgument;
import io.jenkins.plugins.gpulease.request.GpuParameters;
import io.jenkins.plugins.gpulease.request.GpuRequest;
import io.jenkins.plugins.gpulease.request.TextParameter;
import java.io.IOException;
import java.io.Serializable;
import java.util.Objects;
import java.util.Set;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code gpu(count: 2, minMemory: '40 GB') { … }}: leases specific GPUs for the time of its block: of the node around it or,
 * where there is none, together with the node in it. All parameters are optional; texts that are blank count as left out.
 */
public final class GpuStep extends Step implements GpuParameters, Serializable {

    private static final long serialVersionUID = 1L;

    private static final String ONE = "1";

    private String count = ONE;
    private String minMemory;
    private String model;
    private String minComputeCapability;
    private String minDriver;
    private String cuda;
    private String timeout;
    private String topology = TopologyPolicy.PREFERRED.toString();
    private String mig;
    private boolean skipIfBusy;
    private int priority;
    private boolean ownNode;

    @DataBoundConstructor
    public GpuStep() {
        // every parameter has a default
    }

    @NonNull
    @Override
    public String getCount() {
        return count;
    }

    /** Number of GPUs, 1 or more, or {@code all}: a number or a text, which Declarative would tell from each other. */
    @DataBoundSetter
    public void setCount(@CheckForNull Object count) {
        this.count = Util.fixNull(Util.fixEmptyAndTrim(Objects.toString(count, null)), ONE);
    }

    @CheckForNull
    @Override
    public String getMinMemory() {
        return minMemory;
    }

    /** Least total memory of each GPU, a number with a unit such as {@code 16 GB}. */
    @DataBoundSetter
    public void setMinMemory(@CheckForNull String minMemory) {
        this.minMemory = Util.fixEmptyAndTrim(minMemory);
    }

    @CheckForNull
    @Override
    public String getModel() {
        return model;
    }

    /** Regular expression searched in the GPU's name, ignoring case. */
    @DataBoundSetter
    public void setModel(@CheckForNull String model) {
        this.model = Util.fixEmptyAndTrim(model);
    }

    @CheckForNull
    @Override
    public String getMinComputeCapability() {
        return minComputeCapability;
    }

    /** Least CUDA compute capability, such as {@code 8.0}. */
    @DataBoundSetter
    public void setMinComputeCapability(@CheckForNull String minComputeCapability) {
        this.minComputeCapability = Util.fixEmptyAndTrim(minComputeCapability);
    }

    @CheckForNull
    @Override
    public String getMinDriver() {
        return minDriver;
    }

    /** Least version of the NVIDIA driver, such as {@code 535.104}. */
    @DataBoundSetter
    public void setMinDriver(@CheckForNull String minDriver) {
        this.minDriver = Util.fixEmptyAndTrim(minDriver);
    }

    @CheckForNull
    @Override
    public String getCuda() {
        return cuda;
    }

    /** CUDA version that the driver must support at least, such as {@code 12.4}. */
    @DataBoundSetter
    public void setCuda(@CheckForNull String cuda) {
        this.cuda = Util.fixEmptyAndTrim(cuda);
    }

    @NonNull
    @Override
    public String getTopology() {
        return topology;
    }

    /** How much it matters how the GPUs are connected: {@code any}, {@code preferred} or {@code required}. */
    @DataBoundSetter
    public void setTopology(@CheckForNull String topology) {
        this.topology = Util.fixNull(Util.fixEmptyAndTrim(topology), TopologyPolicy.PREFERRED.toString());
    }

    @CheckForNull
    @Override
    public String getMig() {
        return mig;
    }

    /** MIG instances instead of whole GPUs: a profile such as {@code 1g.10gb}, or {@code any}. */
    @DataBoundSetter
    public void setMig(@CheckForNull String mig) {
        this.mig = Util.fixEmptyAndTrim(mig);
    }

    @CheckForNull
    @Override
    public String getTimeout() {
        return timeout;
    }

    /** How long the block may wait for its GPUs, such as {@code 30m}; left out: for as long as it takes. */
    @DataBoundSetter
    public void setTimeout(@CheckForNull String timeout) {
        this.timeout = Util.fixEmptyAndTrim(timeout);
    }

    @Override
    public boolean isSkipIfBusy() {
        return skipIfBusy;
    }

    /** Leave the block out, and return null, if it would have to wait. */
    @DataBoundSetter
    public void setSkipIfBusy(boolean skipIfBusy) {
        this.skipIfBusy = skipIfBusy;
    }

    @Override
    public int getPriority() {
        return priority;
    }

    /** Higher goes first; equal ones in the order of arrival. */
    @DataBoundSetter
    public void setPriority(int priority) {
        this.priority = priority;
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

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckCount(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, TextParameter.COUNT, value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckMig(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, TextParameter.MIG, value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckPriority(@AncestorInPath Item item, @QueryParameter String value) {
            if (!mayConfigure(item)) {
                return FormValidation.ok();
            }
            try {
                Integer.parseInt(Util.fixNull(value).trim());
                return FormValidation.ok();
            } catch (NumberFormatException e) {
                return FormValidation.error(Messages.GpuStep_notANumber("priority", Util.fixNull(value)));
            }
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckMinMemory(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, TextParameter.MIN_MEMORY, value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckModel(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, TextParameter.MODEL, value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckMinComputeCapability(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, TextParameter.MIN_COMPUTE_CAPABILITY, value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckMinDriver(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, TextParameter.MIN_DRIVER, value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckCuda(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, TextParameter.CUDA, value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, TextParameter.TIMEOUT, value);
        }

        private static FormValidation check(Item item, TextParameter parameter, String value) {
            return mayConfigure(item) ? validation(parameter.fault(value)) : FormValidation.ok();
        }

        private static FormValidation validation(@CheckForNull String fault) {
            return fault == null ? FormValidation.ok() : FormValidation.error(fault);
        }

        /** The Snippet Generator is open to whoever may see an item's configuration. */
        private static boolean mayConfigure(@CheckForNull Item item) {
            return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.EXTENDED_READ);
        }
    }
}
