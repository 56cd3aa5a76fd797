package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long {@code run} waits, and how often it looks meanwhile: soon at first, later about once a second, never in step with
 * others who wait for the same device.
 *
 * @param waits look more than once
 * @param timeout null waits as long as it takes
 */
record Patience(boolean waits, @CheckForNull Duration timeout) {

    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 1_000;

    boolean isOver(@NonNull Duration waited) {
        return !waits || (timeout != null && waited.compareTo(timeout) >= 0);
    }

    /**
     * Time until the next look, not beyond the timeout.
     *
     * @param looks number of looks so far, 1 or more
     */
    @NonNull
    Duration pause(int looks, @NonNull Duration waited, @NonNull RandomGenerator random) {
        long base = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(looks - 1, 10));
        Duration pause = Duration.ofMillis(random.nextLong(base * 3 / 4, base * 5 / 4 + 1));
        Duration left = timeout == null ? pause : timeout.minus(waited);
        return left.compareTo(pause) < 0 ? left : pause;
    }
}
