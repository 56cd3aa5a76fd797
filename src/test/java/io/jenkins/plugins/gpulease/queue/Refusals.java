package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueTaskDispatcher;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Another plugin that keeps items from some nodes. */
final class Refusals extends QueueTaskDispatcher {

    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private volatile boolean blocked;

    /** Takes part from now on, in the Jenkins of the test. */
    @NonNull
    static Refusals begin() {
        Refusals refusals = new Refusals();
        ExtensionList.lookup(QueueTaskDispatcher.class).add(0, refusals);
        return refusals;
    }

    void refuse(String node) {
        refused.add(node);
    }

    void allow(String node) {
        refused.remove(node);
        Queue.getInstance().scheduleMaintenance();
    }

    /** Keeps all items from all nodes, or no longer. */
    void block(boolean all) {
        blocked = all;
        Queue.getInstance().scheduleMaintenance();
    }

    @Override
    public CauseOfBlockage canRun(Queue.Item item) {
        return blocked ? new Refused() : null;
    }

    @Override
    public CauseOfBlockage canTake(Node node, Queue.BuildableItem item) {
        return refused.contains(node.getNodeName()) ? new Refused() : null;
    }

    private static final class Refused extends CauseOfBlockage {
        @Override
        public String getShortDescription() {
            return "refused by a test";
        }
    }
}
