package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Computer;
import hudson.model.Node;
import hudson.security.AccessDeniedException3;
import hudson.slaves.NodeProperty;
import hudson.slaves.NodePropertyDescriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.engine.simulation.SimulationSpec;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** What an administrator says about the GPUs of a node. A node without this property is treated like one with its defaults. */
public final class GpuNodeProperty extends NodeProperty<Node> {

    private boolean discovery = true;
    private boolean hostCoordination = true;
    private boolean indices;

    @CheckForNull
    private String exclude;

    @CheckForNull
    private String libraryPath;

    @CheckForNull
    private String simulatedGpus;

    @CheckForNull
    private String sharingMargin;

    private boolean failOverBudget;

    @CheckForNull
    private String autoMemoryFallback;

    @DataBoundConstructor
    public GpuNodeProperty() {
        // everything is optional
    }

    /** Whether to look for GPUs on the node at all. */
    public boolean isDiscovery() {
        return discovery;
    }

    @DataBoundSetter
    public void setDiscovery(boolean discovery) {
        this.discovery = discovery;
    }

    /** Which devices to leave out, one pattern a line; see {@link ExcludedDevices}. */
    @CheckForNull
    public String getExclude() {
        return exclude;
    }

    @DataBoundSetter
    public void setExclude(@CheckForNull String exclude) {
        this.exclude = Util.fixEmptyAndTrim(exclude);
    }

    /** Whether to lock leased devices on the host, against other controllers and people. */
    public boolean isHostCoordination() {
        return hostCoordination;
    }

    @DataBoundSetter
    public void setHostCoordination(boolean hostCoordination) {
        this.hostCoordination = hostCoordination;
    }

    /** Whether {@code CUDA_VISIBLE_DEVICES} names devices by index instead of by UUID. */
    public boolean isIndices() {
        return indices;
    }

    @DataBoundSetter
    public void setIndices(boolean indices) {
        this.indices = indices;
    }

    /** Where NVML is on the node; null for the usual places. */
    @CheckForNull
    public String getLibraryPath() {
        return libraryPath;
    }

    @DataBoundSetter
    public void setLibraryPath(@CheckForNull String libraryPath) {
        this.libraryPath = Util.fixEmptyAndTrim(libraryPath);
    }

    /** GPUs to simulate instead of looking for real ones, such as {@code 4xH100:80GB}. */
    @CheckForNull
    public String getSimulatedGpus() {
        return simulatedGpus;
    }

    @DataBoundSetter
    public void setSimulatedGpus(@CheckForNull String simulatedGpus) {
        this.simulatedGpus = Util.fixEmptyAndTrim(simulatedGpus);
    }

    /** Memory of each device that isn't promised to leases that share it, such as {@code 512 MiB}; null for the default. */
    @CheckForNull
    public String getSharingMargin() {
        return sharingMargin;
    }

    @DataBoundSetter
    public void setSharingMargin(@CheckForNull String sharingMargin) {
        this.sharingMargin = Util.fixEmptyAndTrim(sharingMargin);
    }

    /** Whether a block that uses more of a shared device than it promised fails; otherwise it is warned. */
    public boolean isFailOverBudget() {
        return failOverBudget;
    }

    @DataBoundSetter
    public void setFailOverBudget(boolean failOverBudget) {
        this.failOverBudget = failOverBudget;
    }

    /** What {@code minMemory: 'auto'} asks for here until enough builds have succeeded; null for the controller's default. */
    @CheckForNull
    public String getAutoMemoryFallback() {
        return autoMemoryFallback;
    }

    @DataBoundSetter
    public void setAutoMemoryFallback(@CheckForNull String autoMemoryFallback) {
        this.autoMemoryFallback = Util.fixEmptyAndTrim(autoMemoryFallback);
    }

    /** What holds for a node: its property, or the defaults. */
    @NonNull
    public static GpuNodeSettings of(@NonNull Node node) {
        GpuNodeProperty property = node.getNodeProperty(GpuNodeProperty.class);
        return GpuNodeSettings.of(property == null ? new GpuNodeProperty() : property);
    }

    /** Describes the section "GPUs" of a node's configuration. */
    @Extension
    @Symbol("gpus")
    public static final class DescriptorImpl extends NodePropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GpuNodeProperty_displayName();
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckDiscovery(@AncestorInPath Computer computer, @QueryParameter boolean value) {
            checkMayConfigure(computer);
            return value ? FormValidation.ok() : FormValidation.warning(Messages.GpuNodeProperty_noDiscovery());
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckExclude(@AncestorInPath Computer computer, @QueryParameter String value) {
            checkMayConfigure(computer);
            return valid(() -> ExcludedDevices.parse(value));
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckHostCoordination(@AncestorInPath Computer computer, @QueryParameter boolean value) {
            checkMayConfigure(computer);
            return value ? FormValidation.ok() : FormValidation.warning(Messages.GpuNodeProperty_noHostCoordination());
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckIndices(@AncestorInPath Computer computer, @QueryParameter boolean value) {
            checkMayConfigure(computer);
            return value ? FormValidation.warning(Messages.GpuNodeProperty_indices()) : FormValidation.ok();
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckLibraryPath(
                @AncestorInPath Computer computer, @QueryParameter String value, @QueryParameter String simulatedGpus) {
            checkMayConfigure(computer);
            if (Util.fixEmptyAndTrim(value) != null && Util.fixEmptyAndTrim(simulatedGpus) != null) {
                return FormValidation.warning(Messages.GpuNodeProperty_simulatedWithoutLibrary());
            }
            return valid(() -> GpuNodeSettings.checkLibraryPath(value));
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckSimulatedGpus(@AncestorInPath Computer computer, @QueryParameter String value) {
            checkMayConfigure(computer);
            if (Util.fixEmptyAndTrim(value) == null) {
                return FormValidation.ok();
            }
            return valid(() -> SimulationSpec.parse(value.trim()));
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckSharingMargin(@AncestorInPath Computer computer, @QueryParameter String value) {
            checkMayConfigure(computer);
            return valid(() -> GpuNodeSettings.parseMargin(value));
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckAutoMemoryFallback(@AncestorInPath Computer computer, @QueryParameter String value) {
            checkMayConfigure(computer);
            return valid(() -> GpuNodeSettings.parseFallback(value));
        }

        /** A node that is yet to be created has no computer; the built-in one asks for more than its access control list. */
        private static void checkMayConfigure(@CheckForNull Computer computer) {
            if (computer == null) {
                Jenkins.get().checkAnyPermission(Computer.CREATE, Computer.CONFIGURE);
            } else if (!computer.hasPermission(Computer.CONFIGURE)) {
                throw new AccessDeniedException3(Jenkins.getAuthentication2(), Computer.CONFIGURE);
            }
        }

        private static FormValidation valid(Runnable check) {
            try {
                check.run();
                return FormValidation.ok();
            } catch (IllegalArgumentException e) {
                return FormValidation.error(e.getMessage());
            }
        }
    }
}
