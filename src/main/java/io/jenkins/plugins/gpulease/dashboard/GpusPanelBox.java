package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.ComputerPanelBox;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A node's GPUs in one line, beside each of the node's pages. */
@Extension
@Restricted(NoExternalUse.class)
public final class GpusPanelBox extends ComputerPanelBox {

    /** Null if there is nothing to show. */
    @CheckForNull
    public NodeSummary getSummary() {
        return NodeSummary.of(getComputer());
    }
}
