package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * Answers at once, later or much later, fails, and finds devices dirty or sick, all by chance. Locks what it hands out, as the
 * probe does, and notes a violation when the table breaks the rules of a hand-out.
 */
final class StormCustodian implements Custodian {

    private final Random random;
    private final Executor executor;
    private final Queue<String> violations;
    private final Map<String, List<Lease>> locks = new ConcurrentHashMap<>();
    private final Map<String, String> busy = new ConcurrentHashMap<>();
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private volatile boolean calm;

    StormCustodian(long seed, Executor executor, Queue<String> violations) {
        this.random = new Random(seed);
        this.executor = executor;
        this.violations = violations;
    }

    /** Finds everything clean and answers soon from now on. */
    void calmDown() {
        calm = true;
    }

    Map<String, List<Lease>> locks() {
        return locks;
    }

    /** Gives one answer that is long overdue. */
    void answerOne() {
        Runnable answer = held.poll();
        if (answer != null) {
            answer.run();
        }
    }

    boolean owesAnswers() {
        return !held.isEmpty();
    }

    void answerAll() {
        while (!held.isEmpty()) {
            answerOne();
        }
    }

    private boolean chance(int percent) {
        synchronized (random) {
            return !calm && random.nextInt(100) < percent;
        }
    }

    @Override
    public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
        begin("handOut", lease);
        if (chance(2)) {
            busy.remove(lease.id());
            throw new IllegalStateException("storm: no channel");
        }
        boolean fails = chance(4);
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        lease.uuids().forEach(uuid -> verdicts.put(uuid, verdict()));
        if (!fails && !lease.isSubLease() && verdicts.values().stream().allMatch(Verdict::isClean)) {
            lease.uuids().forEach(uuid -> lock(uuid, lease));
        }
        return reply(lease, fails ? null : verdicts);
    }

    @Override
    public CompletionStage<Returned> takeBack(Lease lease) {
        begin("takeBack", lease);
        lease.uuids().forEach(uuid -> locks.computeIfPresent(uuid, (same, holders) -> without(holders, lease)));
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        lease.uuids().forEach(uuid -> verdicts.put(uuid, verdict()));
        return reply(lease, chance(4) ? null : new Returned(verdicts, LeaseUsage.UNKNOWN));
    }

    private Verdict verdict() {
        if (chance(5)) {
            return Verdict.occupied("storm: used by pid 1", List.of());
        }
        return chance(2) ? Verdict.sick("storm: fell off the bus") : Verdict.CLEAN;
    }

    private void begin(String call, Lease lease) {
        String running = busy.put(lease.id(), call);
        if (running != null) {
            violations.add(call + " of " + lease.id() + " while its " + running + " is under way");
        }
    }

    private void lock(String uuid, Lease lease) {
        List<Lease> holders = locks.merge(uuid, List.of(lease), StormCustodian::concat);
        if (holders.size() > 1 && !holders.stream().allMatch(Lease::shared)) {
            violations.add(uuid + " is handed out to " + lease.id() + " while others have it locked: " + holders);
        }
        if (lease.shared()) {
            MemorySize total = lease.devices().stream().filter(device -> device.uuid().equals(uuid)).findFirst().orElseThrow().memory();
            MemorySize promised = holders.stream().map(Lease::minMemory).reduce(MemorySize.ZERO, MemorySize::plus);
            if (!total.minus(LeaseTable.DEFAULT_MARGIN).isAtLeast(promised)) {
                violations.add(uuid + " has " + total + ", but " + promised + " are promised: " + holders);
            }
        }
    }

    private static List<Lease> concat(List<Lease> some, List<Lease> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** Null if nobody is left. */
    private static List<Lease> without(List<Lease> holders, Lease lease) {
        List<Lease> rest = holders.stream().filter(holder -> !holder.id().equals(lease.id())).toList();
        return rest.isEmpty() ? null : rest;
    }

    private <T> CompletionStage<T> reply(Lease lease, T answer) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        Runnable give = () -> {
            busy.remove(lease.id());
            if (answer == null) {
                stage.completeExceptionally(new IllegalStateException("storm: the probe hangs"));
            } else {
                stage.complete(answer);
            }
        };
        if (chance(10)) {
            held.add(give);
        } else if (chance(40)) {
            give.run();
        } else {
            executor.execute(give);
        }
        return stage;
    }
}
