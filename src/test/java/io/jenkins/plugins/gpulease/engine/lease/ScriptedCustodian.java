package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds every device clean, at once, unless told otherwise; for one thread. */
final class ScriptedCustodian implements Custodian {

    /** What it was asked, such as {@code handOut a} and {@code takeBack a}. */
    final List<String> calls = new ArrayList<>();

    private final Map<String, Verdict> atHandOut = new HashMap<>();
    private final Map<String, Verdict> atTakeBack = new HashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    private boolean slow;
    private RuntimeException failure;
    private boolean throwing;
    private boolean forgetful;

    void findAtHandOut(String uuid, Verdict verdict) {
        atHandOut.put(uuid, verdict);
    }

    void findAtTakeBack(String uuid, Verdict verdict) {
        atTakeBack.put(uuid, verdict);
    }

    /** Answers only when {@link #answer} is called; what it says is decided when it is asked. */
    void slow() {
        slow = true;
    }

    void failWith(String message) {
        failure = new IllegalStateException(message);
    }

    void throwInstead() {
        throwing = true;
    }

    void leaveOutVerdicts() {
        forgetful = true;
    }

    void recover() {
        failure = null;
        throwing = false;
        forgetful = false;
    }

    /** Gives the answers that are due, in the order of the questions, and is quick from now on. */
    void answer() {
        slow = false;
        List<Runnable> due = List.copyOf(held);
        held.clear();
        due.forEach(Runnable::run);
    }

    @Override
    public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
        calls.add("handOut " + lease.id());
        return reply(forgetful ? Map.of() : verdicts(lease, atHandOut));
    }

    @Override
    public CompletionStage<Returned> takeBack(Lease lease) {
        calls.add("takeBack " + lease.id());
        return reply(new Returned(verdicts(lease, atTakeBack), usage(lease)));
    }

    private <T> CompletionStage<T> reply(T answer) {
        if (throwing) {
            throw failure;
        }
        CompletableFuture<T> stage = new CompletableFuture<>();
        RuntimeException problem = failure;
        Runnable give = () -> {
            if (problem == null) {
                stage.complete(answer);
            } else {
                stage.completeExceptionally(problem);
            }
        };
        if (slow) {
            held.add(give);
        } else {
            give.run();
        }
        return stage;
    }

    private static Map<String, Verdict> verdicts(Lease lease, Map<String, Verdict> script) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        lease.uuids().forEach(uuid -> verdicts.put(uuid, script.getOrDefault(uuid, Verdict.CLEAN)));
        return verdicts;
    }

    private static LeaseUsage usage(Lease lease) {
        return new LeaseUsage(
                Duration.ofSeconds(1),
                lease.uuids().stream()
                        .map(uuid -> new DeviceUsage(uuid, 1, null, null, null, null, null, 0, List.of()))
                        .toList());
    }
}
