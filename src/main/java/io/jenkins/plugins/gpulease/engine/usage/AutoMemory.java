package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * How much memory to ask for, learned from what earlier builds used. A pure function.
 *
 * @param fallback what to ask for until enough builds have taught; null for nothing
 * @param marginPercent added to the highest peak, 0 to {@value #MAX_MARGIN_PERCENT}
 * @param builds how many builds count, the newest; {@value #LEAST_BUILDS} to {@value #MAX_BUILDS}
 */
public record AutoMemory(@CheckForNull MemorySize fallback, int marginPercent, int builds) {

    /** Fewer builds prove too little. */
    public static final int LEAST_BUILDS = 3;

    public static final int MAX_BUILDS = 30;
    public static final int MAX_MARGIN_PERCENT = 400;

    public static final AutoMemory DEFAULT = new AutoMemory(null, 20, 10);

    /**
     * The margin leaves that much of the largest device that sufficed: the driver keeps some for itself, and so does a node whose
     * devices are shared.
     */
    private static final MemorySize RESERVE = MemorySize.ofMib(1024);

    private static final long STEP = 100_000_000L;

    public AutoMemory {
        if (marginPercent < 0 || marginPercent > MAX_MARGIN_PERCENT) {
            throw new IllegalArgumentException("The margin is " + marginPercent + " %; allowed is 0 to " + MAX_MARGIN_PERCENT);
        }
        if (builds < LEAST_BUILDS || builds > MAX_BUILDS) {
            throw new IllegalArgumentException(
                    "The number of builds is " + builds + "; allowed is " + LEAST_BUILDS + " to " + MAX_BUILDS);
        }
    }

    /** The same, but for what to ask for until enough builds have taught. */
    @NonNull
    public AutoMemory withFallback(@NonNull MemorySize other) {
        return new AutoMemory(other, marginPercent, builds);
    }

    /**
     * What to ask for.
     *
     * @param memory of each device; null for any
     * @param from the lessons that count, oldest first
     * @param highest of them, if there are enough of them; null if the fallback stands in
     */
    public record Answer(@CheckForNull MemorySize memory, @NonNull List<PeakLesson> from, @CheckForNull PeakLesson highest) {

        public Answer {
            from = List.copyOf(from);
        }
    }

    /** @param lessons oldest first */
    @NonNull
    public Answer of(@NonNull List<PeakLesson> lessons) {
        List<PeakLesson> newest = lessons.subList(Math.max(0, lessons.size() - builds), lessons.size());
        if (newest.size() < LEAST_BUILDS) {
            return new Answer(fallback, newest, null);
        }
        PeakLesson highest = newest.stream().max(Comparator.comparing(PeakLesson::peak)).orElseThrow();
        return new Answer(withMargin(highest.peak(), newest), newest, highest);
    }

    /** The margin must not ask for more than any of the devices has that sufficed. */
    private MemorySize withMargin(MemorySize peak, List<PeakLesson> lessons) {
        MemorySize wanted = roundedUp(peak.bytes() + Math.multiplyExact(peak.bytes() / 100, (long) marginPercent));
        MemorySize largest = lessons.stream()
                .map(PeakLesson::total)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .map(total -> total.minus(RESERVE))
                .orElse(wanted);
        if (largest.isAtLeast(wanted)) {
            return wanted;
        }
        return largest.isAtLeast(peak) ? largest : peak;
    }

    private static MemorySize roundedUp(long bytes) {
        return MemorySize.ofBytes((bytes + STEP - 1) / STEP * STEP);
    }
}
