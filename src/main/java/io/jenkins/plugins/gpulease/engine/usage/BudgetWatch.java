package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Compares what one lease uses of the devices that it shares with its budget, and says when that is worth a word: when it first
 * uses more, again after {@link #PAUSE} if it does then, and at once when it uses a tenth more than was told before. Not
 * thread-safe.
 */
public final class BudgetWatch {

    static final Duration PAUSE = Duration.ofSeconds(30);

    private final String lease;
    private final MemorySize budget;
    private final Map<String, Told> told = new HashMap<>();

    private record Told(Instant at, MemorySize peak) {}

    /** @param budget for each device */
    public BudgetWatch(@NonNull String lease, @NonNull MemorySize budget) {
        this.lease = lease;
        this.budget = budget;
    }

    /** What is to be told of a device now. */
    @NonNull
    public Optional<OverBudget> look(@NonNull String uuid, @NonNull LeaseMemory memory, @NonNull Instant now) {
        MemorySize used = memory.atLeast();
        Told before = told.get(uuid);
        if (budget.isAtLeast(used) || before != null && !isWorthAWord(before, used, now)) {
            return Optional.empty();
        }
        told.put(uuid, new Told(now, max(before, used)));
        return Optional.of(new OverBudget(lease, uuid, used, budget, memory.processes(), now));
    }

    /** A clock that is set back keeps nobody silent. */
    private static boolean isWorthAWord(Told before, MemorySize used, Instant now) {
        boolean muchMore = used.bytes() - before.peak().bytes() >= before.peak().bytes() / 10;
        return muchMore || now.isBefore(before.at()) || !now.isBefore(before.at().plus(PAUSE));
    }

    private static MemorySize max(@CheckForNull Told before, MemorySize used) {
        return before != null && before.peak().isAtLeast(used) ? before.peak() : used;
    }
}
