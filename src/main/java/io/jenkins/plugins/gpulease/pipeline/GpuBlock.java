package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.NonNull;

/** A {@code gpu} block that runs, as those see it that look after leases. */
public interface GpuBlock {

    /** Id of the request, and of the lease once it is granted. */
    @NonNull
    String leaseId();

    /** Whether the table of leases knows of it: false only between the load of its build and its resumption. */
    boolean isSettled();
}
