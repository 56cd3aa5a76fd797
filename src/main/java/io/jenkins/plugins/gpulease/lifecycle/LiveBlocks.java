package io.jenkins.plugins.gpulease.lifecycle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.pipeline.GpuBlock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/**
 * The {@code gpu} blocks of all running Pipelines at one moment.
 *
 * @param ids of their requests and leases; with those of builds that didn't tell in time, because these may well be running
 * @param allSettled whether every block has been started or resumed, as far as its build could tell
 * @param allTold whether every build told; a renamed one that didn't may have more blocks than it is known for
 */
record LiveBlocks(@NonNull Set<String> ids, boolean allSettled, boolean allTold) {

    private static final Logger LOGGER = Logger.getLogger(LiveBlocks.class.getName());

    /** Asks every running Pipeline; returns at once. */
    @NonNull
    static CompletableFuture<LiveBlocks> find() {
        return find(RunningPipelines.all());
    }

    /** Asks only the builds that hold, or all if not each of them is found. */
    @NonNull
    static CompletableFuture<LiveBlocks> of(@NonNull Collection<Holder> holders) {
        return find(RunningPipelines.of(holders));
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
        return RunningPipelines.blocks(execution)
                .thenApply(LiveBlocks::among)
                .exceptionally(failure -> silent(execution, failure));
    }

    private static LiveBlocks among(List<GpuBlock> blocks) {
        Set<String> ids = new HashSet<>();
        boolean allSettled = true;
        for (GpuBlock block : blocks) {
            ids.add(block.leaseId());
            allSettled &= block.isSettled();
        }
        return new LiveBlocks(ids, allSettled, true);
    }

    private static LiveBlocks silent(FlowExecution execution, Throwable failure) {
        LOGGER.log(Level.FINE, failure, () -> execution + " does not tell its steps");
        Run<?, ?> run = RunningPipelines.run(execution);
        return new LiveBlocks(run == null ? Set.of() : BuildLeases.of(run), false, false);
    }
}
