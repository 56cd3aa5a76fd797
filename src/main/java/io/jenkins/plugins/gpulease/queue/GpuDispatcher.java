package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueTaskDispatcher;

/**
 * Lets items start only where their GPUs are. Asked for each item and each node while the queue holds its lock, so it only looks
 * up what others have found out.
 */
@Extension
public final class GpuDispatcher extends QueueTaskDispatcher {

    /** Looked up at its first use, since extensions come in any order. */
    private volatile QueuedItems items;

    public GpuDispatcher() {
        // knows its items later
    }

    GpuDispatcher(@NonNull QueuedItems items) {
        this.items = items;
    }

    @Override
    public CauseOfBlockage canTake(Node node, Queue.BuildableItem item) {
        QueuedItems known = items;
        if (known == null) {
            known = QueuedItems.get();
            items = known;
        }
        return known.blockage(node, item);
    }
}
