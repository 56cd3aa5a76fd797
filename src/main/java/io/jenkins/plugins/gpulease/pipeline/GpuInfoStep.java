package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import java.io.Serializable;
import java.util.Set;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** {@code gpuInfo()}: the devices of a node as data, for Pipelines that decide themselves. It leases nothing. */
public final class GpuInfoStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    @CheckForNull
    private String node;

    @DataBoundConstructor
    public GpuInfoStep() {
        // every parameter has a default
    }

    @CheckForNull
    public String getNode() {
        return node;
    }

    /** Name of a node, as {@code NODE_NAME} has it; left out: the node around the step. */
    @DataBoundSetter
    public void setNode(@CheckForNull String node) {
        this.node = Util.fixEmptyAndTrim(node);
    }

    @Override
    public StepExecution start(StepContext context) {
        return new GpuInfoExecution(context, node);
    }

    /** Describes the step to Pipeline and to the Snippet Generator. */
    @Extension
    public static final class DescriptorImpl extends StepDescriptor {

        @Override
        public String getFunctionName() {
            return "gpuInfo";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GpuInfoStep_displayName();
        }

        /** A node isn't among them: one can be named instead. */
        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class);
        }

        /** A node may come later, so one that isn't there is no error in the form. */
        @POST
        public FormValidation doCheckNode(@AncestorInPath Item item, @QueryParameter String value) {
            boolean allowed = item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.EXTENDED_READ);
            String name = Util.fixEmptyAndTrim(value);
            return !allowed || name == null || NamedNode.find(name) != null
                    ? FormValidation.ok()
                    : FormValidation.warning(Messages.GpuInfoStep_noSuchNode(name));
        }
    }
}
