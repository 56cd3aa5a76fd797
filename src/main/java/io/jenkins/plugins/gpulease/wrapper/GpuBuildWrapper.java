package io.jenkins.plugins.gpulease.wrapper;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.Extension;
import hudson.model.AbstractProject;
import hudson.model.BuildableItemWithBuildWrappers;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.tasks.BuildWrapper;
import hudson.tasks.BuildWrapperDescriptor;
import io.jenkins.plugins.gpulease.agent.NodeEnvironment;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.pipeline.GpuStep;
import io.jenkins.plugins.gpulease.request.CountArgument;
import io.jenkins.plugins.gpulease.request.GpuParametersBean;
import io.jenkins.plugins.gpulease.request.HasGpuParameters;
import java.io.IOException;
import java.util.Set;
import jenkins.tasks.SimpleBuildWrapper;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * Leases GPUs for a whole build that isn't a Pipeline, together with its executor. In a Pipeline,
 * {@code wrap([$class: 'GpuBuildWrapper', count: 2]) { … }} leases GPUs of the node around it. All parameters are optional; texts
 * that are blank count as left out.
 */
public final class GpuBuildWrapper extends SimpleBuildWrapper implements HasGpuParameters {

    private GpuParametersBean parameters = new GpuParametersBean();

    @DataBoundConstructor
    public GpuBuildWrapper() {
        // every parameter has a default
    }

    /** The wrapper that a task of the build queue will run in; null if there is none, as for the parent build of a matrix. */
    @CheckForNull
    static GpuBuildWrapper of(@NonNull Queue.Task task) {
        return task instanceof BuildableItemWithBuildWrappers item && !(task instanceof Queue.FlyweightTask)
                ? item.getBuildWrappersList().get(GpuBuildWrapper.class)
                : null;
    }

    private Object readResolve() {
        parameters = parameters == null ? new GpuParametersBean() : parameters;
        return this;
    }

    @NonNull
    @Override
    public GpuParametersBean parameters() {
        return parameters;
    }

    /** Number of GPUs, 1 or more, or {@code all}: a number or a text, as Pipelines write it. */
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

    /** How long it may wait, such as {@code 30m}; left out: for as long as it takes. */
    @DataBoundSetter
    public void setTimeout(@CheckForNull String timeout) {
        parameters.setTimeout(timeout);
    }

    /** Don't run the build if it would have to wait. */
    @DataBoundSetter
    public void setSkipIfBusy(boolean skipIfBusy) {
        parameters.setSkipIfBusy(skipIfBusy);
    }

    /** Higher goes first; equal ones in the order of arrival. */
    @DataBoundSetter
    public void setPriority(int priority) {
        parameters.setPriority(priority);
    }

    /** The end of a lease needs no agent. */
    @Override
    public boolean requiresWorkspace() {
        return false;
    }

    @Override
    public void setUp(Context context, Run<?, ?> build, TaskListener listener, EnvVars initialEnvironment)
            throws IOException, InterruptedException {
        Lease lease = new BuildStart(build, listener, this).lease(initialEnvironment);
        context.setDisposer(new LeaseDisposer(new StoredLease(lease)));
        NodeEnvironment.of(lease).forEach(context::env);
    }

    /** Describes the wrapper to forms and to Pipeline. */
    @Extension
    @Symbol("gpuLease")
    public static final class DescriptorImpl extends BuildWrapperDescriptor implements CustomDescribableModel {

        /** What means something else here than in a step. */
        private static final Set<String> OWN_HELP = Set.of("timeout", "skipIfBusy");

        public DescriptorImpl() {
            for (DescribableParameter parameter : DescribableModel.of(GpuStep.class).getParameters()) {
                if (!OWN_HELP.contains(parameter.getName())) {
                    addHelpFileRedirect(parameter.getName(), GpuStep.class, parameter.getName());
                }
            }
        }

        @Override
        public boolean isApplicable(AbstractProject<?, ?> item) {
            return true;
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GpuBuildWrapper_displayName();
        }

        /** Forms can't give a property of two types. */
        @Override
        public BuildWrapper newInstance(@CheckForNull StaplerRequest2 request, @NonNull JSONObject form) throws FormException {
            JSONObject others = JSONObject.fromObject(form);
            Object count = others.remove("count");
            GpuBuildWrapper wrapper = (GpuBuildWrapper) super.newInstance(request, others);
            wrapper.setCount(count);
            return wrapper;
        }

        @NonNull
        @Override
        public UninstantiatedDescribable customUninstantiate(@NonNull UninstantiatedDescribable wrapper) {
            return CountArgument.asNumber(wrapper);
        }
    }
}
