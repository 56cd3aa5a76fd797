package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * Where a request that isn't bound to a node could be served, as a scheduler sees it.
 *
 * <p>Called under the table's lock: pure reads of what is known already, without locks and without I/O. Requests with equal
 * candidates are treated as alike, so implement {@code equals}: a table with many waiters is quick only if they are of few kinds.
 */
public interface Candidates {

    /** Whether a task of this kind could ever run on a node, be it busy or offline now. */
    boolean mayUse(@NonNull String node);

    /**
     * How many more tasks of this kind could start on a node now; 0 or more, 0 for a node that is offline. Tasks whose lease
     * is granted and that haven't {@linkplain LeaseTable#started started} aren't subtracted: the table does that.
     */
    int room(@NonNull String node);

    /** Whether tasks start on a node as soon as it has room: false for one that is offline or takes none now. */
    boolean takesTasks(@NonNull String node);

    /** Whether nodes that the table doesn't know may still come; then no request is impossible. */
    boolean mayGrow();

    /** What comes while {@link #mayGrow}, for people. */
    @NonNull
    default String hope() {
        return "further nodes may come, as from a cloud, or their GPUs haven't been looked at yet";
    }

    /** Which nodes these are, for people, as it follows the word node, such as {@code with label 'linux'}. */
    @NonNull
    String title();

    /** That there is no such node, for people, such as {@code No known node has label 'linux'}. */
    @NonNull
    String noNode();
}
