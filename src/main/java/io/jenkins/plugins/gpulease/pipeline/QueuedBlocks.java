package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.queue.QueuedItems;
import io.jenkins.plugins.gpulease.queue.QueuedRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The {@code gpu} blocks that aren't inside a node and whose bodies run, by their place in their builds. */
@Extension
@Restricted(NoExternalUse.class)
public final class QueuedBlocks {

    private final Map<Place, QueuedRequest> requests = new ConcurrentHashMap<>();

    /** @param start id of the node that begins the block in the build's flow graph */
    record Place(@NonNull Run<?, ?> build, @NonNull String start) {}

    @NonNull
    public static QueuedBlocks get() {
        return ExtensionList.lookupSingleton(QueuedBlocks.class);
    }

    void begin(@NonNull Place place, @NonNull QueuedRequest request) {
        requests.put(place, request);
        QueuedItems.get().resolveAgain();
    }

    /** Nothing in the block starts any more. */
    void end(@NonNull Place place, @NonNull QueuedRequest request) {
        requests.remove(place, request);
        request.end();
    }

    /** A build has ended, and its blocks may not have been told. */
    public void end(@NonNull Run<?, ?> run) {
        requests.forEach((place, request) -> {
            if (place.build == run) {
                end(place, request);
            }
        });
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    /** The request of a block; null if it has none, or its body doesn't run. */
    @CheckForNull
    QueuedRequest find(@NonNull Place place) {
        return requests.get(place);
    }
}
