package io.jenkins.plugins.gpulease.wrapper;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.tasks.SimpleBuildWrapper;

/**
 * Ends a build's lease when what is wrapped has ended. Stored with a Pipeline, whose lease it takes up again after a restart of
 * Jenkins; other builds don't survive one.
 */
final class LeaseDisposer extends SimpleBuildWrapper.Disposer {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(LeaseDisposer.class.getName());

    private final StoredLease lease;

    LeaseDisposer(@NonNull StoredLease lease) {
        this.lease = lease;
    }

    /** A Pipeline's node ends its own processes, and its steps may still need those of others. */
    @Override
    public void tearDown(Run<?, ?> build, FilePath workspace, Launcher launcher, TaskListener listener)
            throws InterruptedException {
        try {
            if (build instanceof AbstractBuild<?, ?> other) {
                RunawayProcesses.kill(other, lease.toLease().id(), launcher);
            }
        } finally {
            tearDown(build, listener);
        }
    }

    /** The lease ends at once, whatever the agent does; then the custodian has a look, and the log and the build tell what it saw. */
    @Override
    public void tearDown(Run<?, ?> build, TaskListener listener) throws InterruptedException {
        Lease held = lease.toLease();
        Duration time = Duration.between(held.grantedAt(), Instant.now());
        LeaseLog log = new LeaseLog(listener);
        HoldingBuilds.get().remove(held.id());
        CompletableFuture<Void> told = BuildLeases.release(held.id()).thenAccept(returned -> {
            log.writeReturned(held, time, returned);
            GpuLeasesAction.returned(build, held.id(), returned);
        });
        try {
            told.get();
        } catch (ExecutionException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not tell how GPU lease " + held.id() + " of " + held.holder() + " ended");
        }
        log.await();
    }

    /** Called while a Pipeline is loaded that was inside the wrapper when Jenkins went down. */
    private Object readResolve() {
        try {
            HoldingBuilds.get().takeUp(lease.toLease());
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not take up a GPU lease of " + lease.node() + " again");
            LostLease.endBuild(lease.toLease(), e);
        }
        return this;
    }
}
