package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Computer;
import hudson.model.TaskListener;
import hudson.slaves.ComputerListener;
import hudson.slaves.OfflineCause;

/** Looks for GPUs when a node comes online, and holds them back while it is offline. Returns at once. */
@Extension
public final class OnlineNodes extends ComputerListener {

    @Override
    public void onOnline(Computer computer, TaskListener listener) {
        GpuNodes.get().of(NodeNames.of(computer)).rescan(false);
    }

    /** Called when the channel is gone; a node that is only marked as offline still has one, and its builds go on. */
    @Override
    public void onOffline(@NonNull Computer computer, @CheckForNull OfflineCause cause) {
        if (computer.getChannel() == null && computer.getNode() != null) {
            GpuNodes.get().of(NodeNames.of(computer)).wentOffline();
        }
    }
}
