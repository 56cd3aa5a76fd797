package io.jenkins.plugins.gpulease.lifecycle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import io.jenkins.plugins.gpulease.pipeline.QueuedBlocks;
import io.jenkins.plugins.gpulease.queue.QueuedItems;

/**
 * A build that has ended holds nothing: after a hard kill no block is told, but listeners of builds are. Where the blocks ended
 * in order there is nothing left to do.
 */
@Extension
public final class BuildEnd extends RunListener<Run<?, ?>> {

    @Override
    public void onCompleted(Run<?, ?> run, @NonNull TaskListener listener) {
        end(run);
    }

    @Override
    public void onFinalized(Run<?, ?> run) {
        end(run);
        GpuLeasesAction.saveNow(run);
    }

    @Override
    public void onDeleted(Run<?, ?> run) {
        end(run);
    }

    private static void end(Run<?, ?> run) {
        QueuedBlocks.get().end(run);
        BuildLeases.end(run);
        QueuedItems.get().resolveAgain(); // an item of a build that never resumed waits no longer
    }
}
