package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Queue;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.lease.Candidates;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import java.util.LinkedHashMap;
import java.util.Map;

/** The items of a request that are in the queue, and where each may run. Guarded by the request's monitor. */
final class RequestItems {

    private final Map<Long, Candidates> items = new LinkedHashMap<>();

    void add(long item, @NonNull Candidates candidates) {
        items.put(item, candidates);
    }

    /** @return where it might have run; null if it isn't there */
    @CheckForNull
    Candidates remove(long item) {
        return items.remove(item);
    }

    /** Whether any may run where one that is gone might have. */
    boolean isAnyLike(@CheckForNull Candidates candidates) {
        return items.containsValue(candidates);
    }

    /** Where the one may run that came first; null if there is none. */
    @CheckForNull
    Candidates first() {
        return items.values().stream().findFirst().orElse(null);
    }

    /** Whether any has an executor already and starts any moment. Called under the queue's lock. */
    boolean isAnyPending() {
        return items.keySet().stream().anyMatch(RequestItems::isPending);
    }

    private static boolean isPending(long item) {
        return Queue.getInstance().getItem(item) instanceof Queue.BuildableItem buildable && buildable.isPending();
    }

    /** Why some can't start with a lease that is in use, and so would wait for ever; null if all can. */
    @CheckForNull
    LeaseFailure obstacle(@NonNull Lease lease) {
        if (items.isEmpty()) {
            return null;
        }
        if (NodeNames.node(lease.node()) == null) {
            return new LeaseFailure(LeaseFailure.Kind.NODE_REMOVED, Messages.QueuedRequest_nodeRemoved(lease.node()));
        }
        return items.values().stream().allMatch(candidates -> candidates.mayUse(lease.node()))
                ? null
                : new LeaseFailure(LeaseFailure.Kind.IMPOSSIBLE, Messages.QueuedRequest_otherNode(lease.node()));
    }
}
