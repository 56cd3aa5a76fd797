package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Computer;
import hudson.node_monitors.AbstractNodeMonitorDescriptor;
import hudson.node_monitors.NodeMonitor;
import io.jenkins.plugins.gpulease.GpuPermissions;
import java.util.HashMap;
import java.util.Map;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/** The column "GPUs" in the table of nodes. It shows what is known at that moment: unlike other monitors it asks no agent. */
@Restricted(NoExternalUse.class)
public final class GpusColumn extends NodeMonitor {

    @DataBoundConstructor
    public GpusColumn() {}

    @Override
    public String getColumnCaption() {
        return Jenkins.get().hasPermission(GpuPermissions.VIEW)
                ? Messages.GpusColumn_caption()
                : null;
    }

    @CheckForNull
    @Override
    public NodeSummary data(Computer computer) {
        return NodeSummary.of(computer);
    }

    @Extension
    @Symbol("gpus")
    public static final class DescriptorImpl extends AbstractNodeMonitorDescriptor<NodeSummary> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GpusColumn_displayName();
        }

        @Override
        public boolean canTakeOffline() {
            return false;
        }

        @CheckForNull
        @Override
        protected NodeSummary monitor(Computer computer) {
            return NodeSummary.of(computer);
        }

        /** At once, since no agent is asked. */
        @Override
        protected Map<Computer, NodeSummary> monitor() {
            Map<Computer, NodeSummary> data = new HashMap<>();
            for (Computer computer : Jenkins.get().getComputers()) {
                data.put(computer, monitor(computer));
            }
            return data;
        }
    }
}
