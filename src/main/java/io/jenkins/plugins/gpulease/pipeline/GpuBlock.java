package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;

/** A {@code gpu} block that runs, as those see it that look after leases. */
public interface GpuBlock {

    /** Id of the request, and of the lease once it is granted. */
    @NonNull
    String leaseId();

    /** Whether the table of leases knows of it: false only between the load of its build and its resumption. */
    boolean isSettled();

    /**
     * Stops it, whether it waits or its body runs; then it gives back what it has.
     *
     * @throws Exception if it can't be stopped
     */
    void stop(@NonNull Throwable cause) throws Exception;

    /**
     * Its lease uses more of a shared device than it promised.
     *
     * @param warning for its log
     * @param failure to stop its body with, and to fail with whatever the body makes of that; null if it may go on
     */
    void overBudget(@NonNull List<String> warning, @CheckForNull Throwable failure);
}
