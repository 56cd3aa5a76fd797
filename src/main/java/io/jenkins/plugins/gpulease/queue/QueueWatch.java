package io.jenkins.plugins.gpulease.queue;

import hudson.Extension;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.queue.QueueListener;
import jenkins.model.NodeListener;

/** Tells of items that come and go, and of nodes that go. The queue holds its lock when it calls. */
@Extension
public final class QueueWatch extends QueueListener {

    @Override
    public void onEnterWaiting(Queue.WaitingItem item) {
        QueuedItems.get().entered(item);
    }

    @Override
    public void onEnterBlocked(Queue.BlockedItem item) {
        QueuedItems.get().blocked(item);
    }

    @Override
    public void onEnterBuildable(Queue.BuildableItem item) {
        QueuedItems.get().entered(item);
    }

    @Override
    public void onLeft(Queue.LeftItem item) {
        QueuedItems.get().left(item);
    }

    /** Items that may start on a certain node only. */
    @Extension
    public static final class Nodes extends NodeListener {

        @Override
        protected void onDeleted(Node node) {
            QueuedItems.get().nodeRemoved();
        }
    }
}
