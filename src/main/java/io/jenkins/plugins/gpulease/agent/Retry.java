package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.logging.Level;

/** When to look again at a node that can't be asked: soon at first, then ever more seldom, up to five minutes. Thread-safe. */
final class Retry {

    private static final Duration SHORTEST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final Clock clock;
    private Duration patience = Duration.ZERO;
    private Instant due = Instant.MIN;

    Retry(@NonNull Clock clock) {
        this.clock = clock;
    }

    synchronized void succeeded() {
        patience = Duration.ZERO;
        due = Instant.MIN;
    }

    /** A wait that is longer than any means that the clock was set back. */
    private boolean isSetBack() {
        return due.isAfter(clock.instant().plus(LONGEST));
    }

    /** @return how loud to be about it: the first failure in a row is news */
    @NonNull
    synchronized Level failed() {
        boolean news = patience.isZero();
        patience = news ? SHORTEST : patience.multipliedBy(2);
        if (patience.compareTo(LONGEST) > 0) {
            patience = LONGEST;
        }
        due = clock.instant().plus(patience);
        return news ? Level.WARNING : Level.FINE;
    }

    synchronized boolean isDue() {
        return !clock.instant().isBefore(due) || isSetBack();
    }
}
