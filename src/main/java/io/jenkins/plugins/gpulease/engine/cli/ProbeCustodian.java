package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.probe.Claim;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.TakenBack;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The way from the demo's table to its probe. */
final class ProbeCustodian implements Custodian {

    private final Probe probe;
    private final Executor executor;

    ProbeCustodian(@NonNull Probe probe, @NonNull Executor executor) {
        this.probe = probe;
        this.executor = executor;
    }

    @NonNull
    @Override
    public CompletionStage<Map<String, Verdict>> handOut(@NonNull Lease lease) {
        return ask(() -> probe.handOut(claim(lease)));
    }

    @NonNull
    @Override
    public CompletionStage<Returned> takeBack(@NonNull Lease lease) {
        return ask(() -> {
            TakenBack back = probe.takeBack(claim(lease));
            return new Returned(back.verdicts(), back.usage());
        });
    }

    private <T> CompletionStage<T> ask(Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static Claim claim(Lease lease) {
        return new Claim(lease.id(), lease.holder().name(), lease.uuids(), lease.minMemory(), true, true);
    }
}
