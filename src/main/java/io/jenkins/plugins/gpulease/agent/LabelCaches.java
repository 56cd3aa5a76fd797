package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Queue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import jenkins.model.Jenkins;

/**
 * What Jenkins keeps of labels. Each {@link hudson.model.Label} remembers its nodes until Jenkins has it forget them: when nodes
 * or clouds change, and every five minutes.
 */
final class LabelCaches {

    private LabelCaches() {}

    /** Changes the labels of nodes in one go with what the build queue knows of them, and lets the queue look again. */
    static void change(@NonNull Runnable change) {
        Queue.withLock(() -> {
            change.run();
            forgetNodes();
        });
        Jenkins.get().getQueue().scheduleMaintenance();
    }

    /**
     * The one public way to have all labels look for their nodes again without writing a file: a list of clouds that changes does
     * so, and this list is nobody's. To save the nodes instead would leave labels alone that no node has any more.
     */
    private static void forgetNodes() {
        try {
            new Jenkins.CloudList().replaceBy(List.of());
        } catch (IOException e) { // only a list with an owner writes
            throw new UncheckedIOException(e);
        }
    }
}
