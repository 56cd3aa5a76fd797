package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;

/** What one reader may see. Asked once for each node and each job of an answer. */
interface Sight {

    /** Whether the reader sees everything, so that nothing else need be asked. */
    boolean isUnlimited();

    /** Whether the reader may see a node. */
    boolean sees(@NonNull String node);

    /** Whether the reader may know what was found on a node's devices: programs of other people. */
    boolean isTold(@NonNull String node);

    /** Whether the reader may see the build that holds something, or waits, and not only that there is one. */
    boolean sees(@NonNull HolderJob job);

    /** Whether the reader may release leases of a node and drain its devices. */
    boolean manages(@NonNull String node);

    /** Whether the reader may see what isn't bound to a node. */
    boolean seesFloating();
}
