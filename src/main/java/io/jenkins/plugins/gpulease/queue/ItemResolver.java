package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import hudson.model.Queue;

/** Finds the requests that items of the build queue have to start with. */
public interface ItemResolver extends ExtensionPoint {

    /**
     * Whether an item may have to start with a lease. Called under the queue's lock: looks at types and fields only.
     *
     * @param resumed false from the start of Jenkins until everything that survived it has resumed
     */
    boolean mayConcern(@NonNull Queue.Item item, boolean resumed);

    /** Whether its items ask only once nothing but a node keeps them from starting; else as soon as they are in the queue. */
    default boolean isForBuildable() {
        return false;
    }

    /**
     * Finds the request of an item. The item can't start meanwhile. Called by the executor of the leases, without locks; may
     * load a build.
     *
     * @param mayLoad false while Jenkins starts: builds mustn't be loaded before they resume by themselves. From then on only an item
     *     of a build that hasn't resumed yet waits
     */
    @NonNull
    Resolution resolve(@NonNull Queue.Item item, boolean mayLoad) throws Exception;
}
