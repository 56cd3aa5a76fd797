package io.jenkins.plugins.gpulease.lifecycle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Node;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.queue.NodeRooms;
import io.jenkins.plugins.gpulease.queue.QueuedItems;
import jenkins.model.NodeListener;

/** A node that is removed takes its leases and waiters with it; one with a new name does so for the old one. */
@Extension
public final class NodeEnd extends NodeListener {

    @Override
    protected void onDeleted(@NonNull Node node) {
        remove(node);
    }

    @Override
    protected void onUpdated(@NonNull Node oldOne, @NonNull Node newOne) {
        if (!oldOne.getNodeName().equals(newOne.getNodeName())) {
            remove(oldOne);
        }
    }

    private static void remove(Node node) {
        NodeRooms.get().removed(node);
        forget(NodeNames.of(node));
    }

    /** Whatever has to do with a node that is no more. */
    static void forget(@NonNull String node) {
        GpuLeases.get().table().removeNode(node);
        QueuedItems.get().nodeRemoved(node);
    }
}
