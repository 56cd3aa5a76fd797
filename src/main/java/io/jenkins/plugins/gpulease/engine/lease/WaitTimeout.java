package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a request may wait, as it is written in a Jenkinsfile or on a command line. Pure functions. */
public final class WaitTimeout {

    /** The longest wait: beyond it a typing error is likelier than patience. */
    public static final Duration MAX = Duration.ofDays(30);

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*([smhdSMHD])");

    private WaitTimeout() {}

    /**
     * Reads a whole number with a unit: {@code 90s}, {@code 30m}, {@code 2h} or {@code 1d}.
     *
     * @return more than zero, at most {@link #MAX}
     * @throws IllegalArgumentException if the text has another form or is out of range; the message names it and shows the
     *     right form
     */
    @NonNull
    public static Duration parse(@NonNull String text) {
        Matcher form = FORM.matcher(text.trim());
        if (!form.matches()) {
            throw malformed(text, "is not a time");
        }
        Duration time = Duration.ofSeconds(Math.multiplyExact(Long.parseLong(form.group(1)), secondsIn(form.group(2))));
        if (time.isZero()) {
            throw malformed(text, "is zero");
        }
        if (time.compareTo(MAX) > 0) {
            throw malformed(text, "is longer than 30 days");
        }
        return time;
    }

    private static long secondsIn(String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3_600;
            default -> 86_400;
        };
    }

    private static IllegalArgumentException malformed(String text, String fault) {
        return new IllegalArgumentException(
                "'" + text + "' " + fault + "; write a whole number with s, m, h or d, such as '90s', '30m' or '2h', at most 30d");
    }
}
