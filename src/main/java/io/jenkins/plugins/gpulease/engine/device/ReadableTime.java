package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.util.Locale;

/** Times for people, with two units at most: {@code 3.2 s}, {@code 12 min 3 s}. */
public final class ReadableTime {

    private ReadableTime() {}

    /** Negative times, as a changed clock makes them, count as zero. */
    @NonNull
    public static String of(@NonNull Duration time) {
        long millis = Math.max(0, time.toMillis());
        if (millis < 100) {
            return millis + " ms";
        }
        if (millis < 59_950) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        long seconds = Math.round(millis / 1000.0);
        if (seconds < 3_600) {
            return two(seconds, 60, "min", "s");
        }
        long minutes = seconds / 60;
        return minutes < 24 * 60 ? two(minutes, 60, "h", "min") : two(minutes / 60, 24, "d", "h");
    }

    /** Without parts of a second, for what somebody may look at for a while: {@code 38 s}, {@code 12 min 3 s}. */
    @NonNull
    public static String inWholeSeconds(@NonNull Duration time) {
        long seconds = Math.max(0, Math.round(time.toMillis() / 1000.0));
        return seconds < 60 ? seconds + " s" : of(Duration.ofSeconds(seconds));
    }

    private static String two(long amount, long perUnit, String unit, String rest) {
        return amount / perUnit + " " + unit + (amount % perUnit == 0 ? "" : " " + amount % perUnit + " " + rest);
    }
}
