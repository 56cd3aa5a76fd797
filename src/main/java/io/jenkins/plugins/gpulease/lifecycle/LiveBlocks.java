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
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.pipeline.GpuBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * The {@code gpu} blocks of all running Pipelines at one moment.
 *
 * @param ids of their requests and leases; with those of builds that didn't tell in time, because these may well be running
 * @param allSettled whether every block has been started or resumed, as far as its build could tell
 * @param allTold whether every build told; a renamed one that didn't may have more blocks than it is known for
 */
record LiveBlocks(@NonNull Set<String> ids, boolean allSettled, boolean allTold) {

    private static final Logger LOGGER = Logger.getLogger(LiveBlocks.class.getName());

    /** A Pipeline's thread may be busy with a long script. */
    private static final int PATIENCE_SECONDS = 10;

    /** Asks every running Pipeline; returns at once. */
    @NonNull
    static CompletableFuture<LiveBlocks> find() {
        return find(running());
    }

    /**
     * Asks only the builds with these external ids; but all of them if one isn't running under its id, since it may have been
     * renamed.
     */
    @NonNull
    static CompletableFuture<LiveBlocks> find(@NonNull Set<String> runIds) {
        Map<String, FlowExecution> named = new HashMap<>();
        List<FlowExecution> running = running();
        for (FlowExecution execution : running) {
            Run<?, ?> run = run(execution);
            if (run != null && runIds.contains(run.getExternalizableId())) {
                named.put(run.getExternalizableId(), execution);
            }
        }
        return find(named.size() < runIds.size() ? running : named.values());
    }

    private static List<FlowExecution> running() {
        List<FlowExecution> running = new ArrayList<>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            FlowExecutionList.get().forEach(running::add);
        }
        return running;
    }

    private static CompletableFuture<LiveBlocks> find(Collection<FlowExecution> executions) {
        List<CompletableFuture<LiveBlocks>> answers = new ArrayList<>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            executions.forEach(execution -> answers.add(of(execution)));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).thenApply(done -> union(answers));
    }

    private static LiveBlocks union(List<CompletableFuture<LiveBlocks>> answers) {
        Set<String> ids = new HashSet<>();
        boolean allSettled = true;
        boolean allTold = true;
        for (CompletableFuture<LiveBlocks> answer : answers) {
            ids.addAll(answer.join().ids());
            allSettled &= answer.join().allSettled();
            allTold &= answer.join().allTold();
        }
        return new LiveBlocks(ids, allSettled, allTold);
    }

    private static CompletableFuture<LiveBlocks> of(FlowExecution execution) {
        try {
            return future(execution.getCurrentExecutions(false))
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .thenApply(LiveBlocks::among)
                    .exceptionally(failure -> silent(execution, failure));
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.completedFuture(silent(execution, e));
        }
    }

    private static LiveBlocks among(List<StepExecution> steps) {
        Set<String> ids = new HashSet<>();
        boolean allSettled = true;
        for (StepExecution step : steps) {
            if (step instanceof GpuBlock block) {
                ids.add(block.leaseId());
                allSettled &= block.isSettled();
            }
        }
        return new LiveBlocks(ids, allSettled, true);
    }

    private static LiveBlocks silent(FlowExecution execution, Throwable failure) {
        LOGGER.log(Level.FINE, failure, () -> execution + " does not tell its steps");
        Run<?, ?> run = run(execution);
        return new LiveBlocks(run == null ? Set.of() : BuildLeases.of(run), false, false);
    }

    @CheckForNull
    private static Run<?, ?> run(FlowExecution execution) {
        try {
            return execution.getOwner().getExecutable() instanceof Run<?, ?> run ? run : null;
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.FINE, e, () -> execution + " has no build");
            return null;
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
