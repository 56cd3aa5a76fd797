package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Judges by a reading whether a device may be handed out.
 *
 * @param exclusive insist that nothing runs on it; otherwise only its health counts
 * @param minMemory what must be free; null if nothing is asked
 * @param idleMemory what may be in use that no visible process explains
 */
public record Cleanliness(boolean exclusive, @CheckForNull MemorySize minMemory, @NonNull MemorySize idleMemory) implements Standard {

    /** An idle device has some MiB in use; a CUDA context alone takes more than 200 MiB (measured by many on V100 to H100). */
    static final MemorySize IDLE_MEMORY = MemorySize.ofMib(512);

    /** What old drivers count as used for themselves: an idle A100 shows 912 MiB. */
    static final MemorySize RESERVE = MemorySize.ofMib(1024);

    /** It works, whoever uses it. */
    static final Cleanliness HEALTHY = new Cleanliness(false, null);

    private static final int NAMED_PROCESSES = 5;

    Cleanliness(boolean exclusive, @CheckForNull MemorySize minMemory) {
        this(exclusive, minMemory, IDLE_MEMORY);
    }

    /**
     * Whether a device is healthy and nobody uses it.
     *
     * @param total memory of the device; null if unknown
     * @throws IllegalArgumentException naming what the environment or the properties set wrongly
     */
    @NonNull
    public static Verdict judgeIdle(
            @NonNull Reading reading,
            @CheckForNull MemorySize total,
            @NonNull Map<String, String> environment,
            @NonNull Properties properties) {
        return new Cleanliness(true, null, IdleMemory.choose(environment, properties)).judge(reading, null, total);
    }

    @Override
    @NonNull
    public Verdict judgeUse(@NonNull Reading reading, @CheckForNull MemorySize total) {
        return exclusive ? judgeIdle(reading, total) : Verdict.CLEAN;
    }

    private Verdict judgeIdle(Reading reading, MemorySize total) {
        List<GpuProcess> users = reading.processes().stream()
                .filter(process -> !isBackground(process))
                .toList();
        if (!users.isEmpty()) {
            return Verdict.occupied("in use by " + names(users), users);
        }
        MemorySize unexplained = unexplained(reading);
        if (unexplained.compareTo(tolerated(reading)) > 0) {
            return Verdict.occupied(
                    unexplained + " of memory in use by processes that can't be seen from here (another container?)", List.of());
        }
        return judgeFreeMemory(reading, total);
    }

    /** The driver lists the MPS server's clients besides it; where it doesn't, the server has their memory. */
    static boolean isBackground(GpuProcess process) {
        return process.kind() == GpuProcess.Kind.GRAPHICS
                || process.isMpsServer() && (process.memory() == null || IDLE_MEMORY.isAtLeast(process.memory()));
    }

    static String names(List<GpuProcess> users) {
        String named = users.stream().limit(NAMED_PROCESSES).map(GpuProcess::toString).collect(Collectors.joining(", "));
        int more = users.size() - NAMED_PROCESSES;
        return more > 0 ? named + " and " + more + " more" : named;
    }

    /** Used memory without what visible processes in the background use; nothing if that can't be told. */
    private static MemorySize unexplained(Reading reading) {
        MemorySize rest = reading.memoryUsed() == null ? MemorySize.ZERO : reading.memoryUsed();
        for (GpuProcess background : reading.processes()) {
            rest = background.memory() == null ? MemorySize.ZERO : rest.minus(background.memory());
        }
        return rest;
    }

    private MemorySize tolerated(Reading reading) {
        return reading.usedIncludesReserve() ? idleMemory.plus(RESERVE) : idleMemory;
    }

    private Verdict judgeFreeMemory(Reading reading, MemorySize total) {
        if (minMemory == null) {
            return Verdict.CLEAN;
        }
        MemorySize free = free(reading, total);
        if (free == null) {
            return Verdict.insufficient("the driver can't tell how much memory is free, and " + minMemory + " are asked for");
        }
        return free.isAtLeast(minMemory)
                ? Verdict.CLEAN
                : Verdict.insufficient("only " + free + " of memory free, and " + minMemory + " are asked for");
    }

    /**
     * What is free is measured against the total: a card sold with 80 GB is asked for by that number, of which the driver keeps
     * some for itself.
     */
    @CheckForNull
    static MemorySize free(Reading reading, MemorySize total) {
        if (total == null || reading.memoryUsed() == null) {
            return reading.memoryFree();
        }
        MemorySize used = reading.memoryUsed();
        return total.minus(reading.usedIncludesReserve() ? used.minus(RESERVE) : used);
    }
}
