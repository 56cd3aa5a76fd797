package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * What is known of an item in the build queue.
 *
 * @param isKnown false if it can't be said yet: the item waits, and somebody calls {@link QueuedItems#resolveAgain} later
 * @param request what it has to start with; null if it may start without
 */
public record Resolution(boolean isKnown, @CheckForNull QueuedRequest request) {

    /** The item has nothing to do with GPUs. */
    public static final Resolution FREE = new Resolution(true, null);

    /** It can't be said yet. */
    public static final Resolution LATER = new Resolution(false, null);

    @NonNull
    public static Resolution of(@NonNull QueuedRequest request) {
        return new Resolution(true, request);
    }
}
