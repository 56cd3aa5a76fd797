package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.AutoMemory;
import io.jenkins.plugins.gpulease.engine.usage.PeakLesson;
import io.jenkins.plugins.gpulease.memory.LearnedMemory;
import java.util.List;

/**
 * A request that has {@code minMemory: 'auto'}, once it is found out how much memory that is.
 *
 * @param request asks for an amount of memory, or for none
 * @param lines what was learned from what, for the log; empty for a request that isn't automatic
 */
public record AutoMinMemory(@NonNull GpuRequest request, @NonNull List<String> lines) {

    public AutoMinMemory {
        lines = List.copyOf(lines);
    }

    /**
     * Finds it out: in memory, but for a small file at the first time for a job.
     *
     * @param block name of the block within its build; empty for all of the build
     */
    @NonNull
    public static AutoMinMemory of(@NonNull GpuRequest request, @NonNull Job<?, ?> job, @NonNull String block) {
        if (!request.isAutoMemory()) {
            return new AutoMinMemory(request, List.of());
        }
        AutoMemory settings = LearnedMemory.get().settings();
        AutoMemory.Answer answer = settings.of(LearnedMemory.get().lessons(job, block));
        return new AutoMinMemory(request.withMinMemory(answer.memory()), List.of(line(answer, settings.marginPercent())));
    }

    private static String line(AutoMemory.Answer answer, int marginPercent) {
        List<PeakLesson> from = answer.from();
        PeakLesson highest = answer.highest();
        MemorySize memory = answer.memory();
        String least = Integer.toString(AutoMemory.LEAST_BUILDS);
        String known = Integer.toString(from.size());
        if (highest != null) {
            return Messages.AutoMinMemory_learned(
                    memory, known, number(from.get(0)), number(from.get(from.size() - 1)), highest.peak(), number(highest), marginPercent);
        }
        return memory == null ? Messages.AutoMinMemory_any(least, known) : Messages.AutoMinMemory_fallback(memory, least, known);
    }

    private static String number(PeakLesson lesson) {
        return Integer.toString(lesson.build());
    }
}
