package io.jenkins.plugins.gpulease.lifecycle;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.pipeline.GpuBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The Pipelines that run, and the {@code gpu} blocks in them. Stateless. */
@Restricted(NoExternalUse.class)
public final class RunningPipelines {

    private static final Logger LOGGER = Logger.getLogger(RunningPipelines.class.getName());

    /** A Pipeline's thread may be busy with a long script. */
    private static final int PATIENCE_SECONDS = 10;

    private RunningPipelines() {}

    @NonNull
    static List<FlowExecution> all() {
        List<FlowExecution> running = new ArrayList<>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            FlowExecutionList.get().forEach(running::add);
        }
        return running;
    }

    /**
     * Those of the builds that hold; but all if one of these isn't found, since its job may have been renamed before a restart. Of a
     * job that was renamed since, the build itself tells: what lists Pipelines by their names may have lost it.
     */
    @NonNull
    static Collection<FlowExecution> of(@NonNull Collection<Holder> holders) {
        Set<FlowExecution> found = new LinkedHashSet<>();
        boolean isEachFound = true;
        for (Holder holder : holders) {
            FlowExecution execution = execution(BuildHolder.run(holder));
            if (execution == null) {
                isEachFound = false;
            } else {
                found.add(execution);
            }
        }
        if (!isEachFound) {
            found.addAll(all());
        }
        return found;
    }

    /** What a Pipeline runs; null if it doesn't run, or is none. */
    @CheckForNull
    private static FlowExecution execution(@CheckForNull Run<?, ?> run) {
        FlowExecutionOwner owner =
                run instanceof FlowExecutionOwner.Executable pipeline && run.isBuilding() ? pipeline.asFlowExecutionOwner() : null;
        return owner == null ? null : owner.getOrNull();
    }

    /** The build of a Pipeline; null if it can't be told. */
    @CheckForNull
    static Run<?, ?> run(@NonNull FlowExecution execution) {
        try {
            return execution.getOwner().getExecutable() instanceof Run<?, ?> run ? run : null;
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.FINE, e, () -> execution + " has no build");
            return null;
        }
    }

    /** The running Pipeline that notes a lease as its own, whatever its job is called by now; null if there is none. May load builds. */
    @CheckForNull
    public static Run<?, ?> holding(@NonNull String leaseId) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            for (FlowExecution execution : all()) {
                Run<?, ?> run = run(execution);
                if (run != null && BuildLeases.holds(run, leaseId)) {
                    return run;
                }
            }
        }
        return null;
    }

    /** Asks a Pipeline for its blocks; returns at once. The future fails if it doesn't tell within 10 s. */
    @NonNull
    static CompletableFuture<List<GpuBlock>> blocks(@NonNull FlowExecution execution) {
        try {
            return future(execution.getCurrentExecutions(false))
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .thenApply(steps -> steps.stream()
                            .filter(GpuBlock.class::isInstance)
                            .map(GpuBlock.class::cast)
                            .toList());
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static <T> CompletableFuture<T> future(ListenableFuture<T> listenable) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Futures.addCallback(
                listenable,
                new FutureCallback<T>() {
                    @Override
                    public void onSuccess(T result) {
                        future.complete(result);
                    }

                    @Override
                    public void onFailure(Throwable failure) {
                        future.completeExceptionally(failure);
                    }
                },
                MoreExecutors.directExecutor());
        return future;
    }
}
