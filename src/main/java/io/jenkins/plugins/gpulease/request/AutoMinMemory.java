package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Node;
import io.jenkins.plugins.gpulease.agent.GpuNodeSettings;
import io.jenkins.plugins.gpulease.agent.NodeNames;
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
     * @param node whose default counts before that of the controller; null as long as it isn't known which one it will be
     */
    @NonNull
    public static AutoMinMemory of(@NonNull GpuRequest request, @NonNull Job<?, ?> job, @NonNull String block, @CheckForNull Node node) {
        if (!request.isAutoMemory()) {
            return new AutoMinMemory(request, List.of());
        }
        AutoMemory settings = LearnedMemory.get().settings();
        MemorySize ofNode = node == null ? null : fallback(node);
        AutoMemory.Answer answer =
                (ofNode == null ? settings : settings.withFallback(ofNode)).of(LearnedMemory.get().lessons(job, block));
        String line = ofNode != null && answer.highest() == null
                ? Messages.AutoMinMemory_fallbackOfNode(ofNode, NodeNames.of(node), least(), known(answer))
                : line(answer, settings.marginPercent());
        return new AutoMinMemory(request.withMinMemory(answer.memory()), List.of(line));
    }

    /** One that is written wrongly doesn't count: such a node hands out nothing, and says why. */
    @CheckForNull
    private static MemorySize fallback(Node node) {
        try {
            return GpuNodeSettings.of(node).fallback();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String line(AutoMemory.Answer answer, int marginPercent) {
        List<PeakLesson> from = answer.from();
        PeakLesson highest = answer.highest();
        MemorySize memory = answer.memory();
        String known = known(answer);
        if (highest != null) {
            return Messages.AutoMinMemory_learned(
                    memory, known, number(from.get(0)), number(from.get(from.size() - 1)), highest.peak(), number(highest), marginPercent);
        }
        return memory == null ? Messages.AutoMinMemory_any(least(), known) : Messages.AutoMinMemory_fallback(memory, least(), known);
    }

    private static String least() {
        return Integer.toString(AutoMemory.LEAST_BUILDS);
    }

    private static String known(AutoMemory.Answer answer) {
        return Integer.toString(answer.from().size());
    }

    private static String number(PeakLesson lesson) {
        return Integer.toString(lesson.build());
    }
}
