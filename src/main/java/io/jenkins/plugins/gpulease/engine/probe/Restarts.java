package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Decides whether a probe that failed may be started again: at once after the first failure, then after 1 s, 2 s, 4 s, and after
 * the fifth failure within ten minutes not for ten minutes, since each attempt costs a start, and on a host with a broken driver
 * leaves a process behind that can't be killed.
 *
 * <p>One failure within that time doesn't count if the successor works: a driver may be busy for seconds. A clock that is set
 * back makes nobody wait for longer.
 *
 * <p>Thread-safe.
 */
final class Restarts {

    static final int MAX_FAILURES = 5;
    static final Duration WINDOW = Duration.ofMinutes(10);
    private static final long FIRST_DELAY_MILLIS = 1000;

    private final Clock clock;
    private final Deque<Instant> failures = new ArrayDeque<>();
    private String lastReason;
    private Instant forgivenAt = Instant.MIN;

    Restarts(@NonNull Clock clock) {
        this.clock = clock;
    }

    /** @param reason for people: what happened */
    synchronized void failed(@NonNull String reason) {
        forgetOld();
        failures.addLast(clock.instant());
        lastReason = reason;
    }

    /** The probe was started and works. */
    synchronized void worked() {
        forgetOld();
        Instant now = clock.instant();
        boolean mayForgive = forgivenAt.isAfter(now) || forgivenAt.isBefore(now.minus(WINDOW));
        if (failures.size() == 1 && mayForgive) {
            failures.clear();
            forgivenAt = now;
        }
    }

    /** Forgets all failures. */
    synchronized void reset() {
        failures.clear();
    }

    /** Why the probe may not be started now, for people; empty if it may. */
    @NonNull
    synchronized Optional<String> refusal() {
        forgetOld();
        Duration left = Duration.between(clock.instant(), notBefore());
        if (left.isZero() || left.isNegative()) {
            return Optional.empty();
        }
        return Optional.of(failures.size() < MAX_FAILURES ? backingOff(left) : givenUp());
    }

    private void forgetOld() {
        Instant now = clock.instant();
        failures.removeIf(failure -> failure.isAfter(now)); // the clock was set back
        Instant old = now.minus(WINDOW);
        if (failures.size() >= MAX_FAILURES && failures.getLast().isAfter(old)) {
            return; // as long as it is left alone
        }
        while (!failures.isEmpty() && !failures.getFirst().isAfter(old)) {
            failures.removeFirst();
        }
    }

    private Instant notBefore() {
        if (failures.size() < 2) {
            return Instant.MIN;
        }
        return failures.size() < MAX_FAILURES
                ? failures.getLast().plusMillis(FIRST_DELAY_MILLIS << failures.size() - 2)
                : failures.getLast().plus(WINDOW);
    }

    private String backingOff(Duration left) {
        return "The probe has failed " + failures.size() + " times lately and is started again in "
                + (left.toMillis() + 999) / 1000 + " s. Last failure: " + lastReason;
    }

    private String givenUp() {
        return "The probe has failed " + failures.size() + " times within " + WINDOW.toMinutes()
                + " minutes and is left alone until " + notBefore().truncatedTo(ChronoUnit.SECONDS) + ". Last failure: " + lastReason
                + ". Run nvidia-smi on the host: if it hangs or fails as well, look for NVRM lines in the kernel's log (dmesg)"
                + " and reset the GPU or reboot the host. A scan on demand tries again at once";
    }
}
