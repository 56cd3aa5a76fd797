package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;

/** Hears what people do to nodes. */
public interface ActionListener extends ExtensionPoint {

    /**
     * The current user has done something.
     *
     * @param what as a part of a sentence, for people
     */
    void onAction(@NonNull String node, @NonNull String what);

    /** Tells all of them. */
    static void tell(@NonNull String node, @NonNull String what) {
        ExtensionList.lookup(ActionListener.class).forEach(listener -> listener.onAction(node, what));
    }
}
