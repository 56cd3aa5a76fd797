package io.jenkins.plugins.gpulease.queue;

import hudson.Extension;
import hudson.model.Queue;
import hudson.model.queue.QueueListener;

/** Tells of items that come and go. The queue holds its lock when it calls. */
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
}
