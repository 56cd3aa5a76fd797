package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import jenkins.util.Listeners;

/** Hears what people do to nodes. */
public interface ActionListener extends ExtensionPoint {

    /**
     * The current user has done something.
     *
     * @param what as a part of a sentence, for people
     */
    void onAction(@NonNull String node, @NonNull String what);

    /** Tells all of them; one that fails keeps nobody from anything. */
    static void tell(@NonNull String node, @NonNull String what) {
        Listeners.notify(ActionListener.class, false, listener -> listener.onAction(node, what));
    }
}
