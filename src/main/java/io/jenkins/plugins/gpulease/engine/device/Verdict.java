package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.util.List;

/**
 * What looking at a device says about handing it out.
 *
 * @param condition what was found
 * @param reason for people; null exactly if the device is clean
 * @param processes the processes that are the reason, as far as they can be seen
 */
public record Verdict(@NonNull Condition condition, @CheckForNull String reason, @NonNull List<GpuProcess> processes)
        implements Serializable {

    /** What looking at a device can find. */
    public enum Condition {
        /** Answers, is healthy, and nobody uses it. */
        CLEAN,
        /** Used by a process that is not ours, or locked by another holder on the host. */
        OCCUPIED,
        /** Clean but for the memory: less is free than the request asks for. That speaks of both, not of the device alone. */
        INSUFFICIENT,
        /** Doesn't answer, or isn't healthy. */
        SICK
    }

    public static final Verdict CLEAN = new Verdict(Condition.CLEAN, null, List.of());

    public Verdict {
        processes = List.copyOf(processes);
        if ((condition == Condition.CLEAN) != (reason == null)) {
            throw new IllegalArgumentException("A verdict has a reason exactly if the device isn't clean: " + condition);
        }
    }

    @NonNull
    public static Verdict occupied(@NonNull String reason, @NonNull List<GpuProcess> processes) {
        return new Verdict(Condition.OCCUPIED, reason, processes);
    }

    @NonNull
    public static Verdict insufficient(@NonNull String reason) {
        return new Verdict(Condition.INSUFFICIENT, reason, List.of());
    }

    @NonNull
    public static Verdict sick(@NonNull String reason) {
        return new Verdict(Condition.SICK, reason, List.of());
    }

    public boolean isClean() {
        return condition == Condition.CLEAN;
    }
}
