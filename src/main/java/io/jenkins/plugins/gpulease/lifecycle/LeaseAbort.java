package io.jenkins.plugins.gpulease.lifecycle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Executor;
import hudson.model.Result;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.build.LiveHolders;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.pipeline.GpuBlock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/**
 * Ends a lease because a person wants it: whatever holds it is stopped, and gives it back. A {@code gpu} block of a Pipeline is
 * aborted; of a build that holds it through the wrapper, all of it. Where nothing is found that could be stopped, the lease is taken
 * away.
 */
public final class LeaseAbort {

    private static final Logger LOGGER = Logger.getLogger(LeaseAbort.class.getName());

    private final Lease lease;
    private final CauseOfInterruption cause;

    private LeaseAbort(Lease lease, CauseOfInterruption cause) {
        this.lease = lease;
        this.cause = cause;
    }

    /**
     * Begins it; returns at once.
     *
     * @param user who wants it, for people
     */
    public static void begin(@NonNull Lease lease, @NonNull String user) {
        try {
            new LeaseAbort(lease, new LeaseReleased(user)).begin();
        } catch (Throwable e) { // whatever it is: the person wants the lease to end
            LOGGER.log(Level.WARNING, e, () -> "What holds GPU lease " + lease.id() + " can't be stopped, so it is taken away from it");
            BuildLeases.end(lease.id(), lease.holder());
        }
    }

    private void begin() {
        Run<?, ?> build = LiveHolders.build(lease.id());
        Executor executor = build == null ? null : build.getExecutor();
        if (executor == null) {
            stopBlock();
        } else {
            executor.interrupt(Result.ABORTED, cause);
        }
    }

    private void stopBlock() {
        List<CompletableFuture<Boolean>> answers;
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            answers = pipelines().stream().map(this::stopAmong).toList();
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).thenRun(() -> {
            if (answers.stream().noneMatch(CompletableFuture::join)) {
                BuildLeases.end(lease.id(), lease.holder());
            }
        });
    }

    private Collection<FlowExecution> pipelines() {
        return RunningPipelines.of(List.of(lease.holder()));
    }

    /** Whether the block was among those of a Pipeline, and is being stopped. */
    private CompletableFuture<Boolean> stopAmong(FlowExecution pipeline) {
        return RunningPipelines.blocks(pipeline)
                .thenApplyAsync(
                        blocks -> blocks.stream()
                                .filter(block -> block.leaseId().equals(lease.id()))
                                .anyMatch(this::stop),
                        GpuLeases.get().executor())
                .exceptionally(failure -> {
                    LOGGER.log(Level.WARNING, failure, () -> pipeline + " does not tell its steps, of which one may have GPU lease " + lease.id());
                    return false;
                });
    }

    private boolean stop(GpuBlock block) {
        try {
            block.stop(new FlowInterruptedException(Result.ABORTED, true, cause));
            return true;
        } catch (Exception e) { // whatever it is: the person wants the lease to end
            LOGGER.log(Level.WARNING, e, () -> "The block with GPU lease " + lease.id() + " does not stop, so it is taken away from it");
            return false;
        }
    }
}
