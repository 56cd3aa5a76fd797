package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;

/** Since when a request asks. Guarded by the request's monitor. */
final class AskTimes {

    @CheckForNull
    private Instant askedAt;

    /** Until it asks: since when it did when Jenkins was stopped; null if it didn't. */
    @CheckForNull
    private Instant waitedSince;

    @CheckForNull
    private Instant arrivedAt;

    /**
     * @param first when it asked first
     * @param waitsSince since when it asks without a break, but for restarts of Jenkins
     */
    record Asked(@NonNull Instant first, @NonNull Instant waitsSince) {}

    AskTimes(@CheckForNull Instant askedAt, @CheckForNull Instant waitedSince) {
        this.askedAt = askedAt;
        this.waitedSince = waitedSince;
    }

    /** It asks from now on. */
    @NonNull
    Asked ask() {
        Instant now = Instant.now();
        Instant first = askedAt == null ? now : askedAt;
        Instant since = waitedSince == null ? now : waitedSince;
        askedAt = first;
        waitedSince = null;
        return new Asked(first, since);
    }

    /** When it asked the table first since Jenkins' start: its place in the order, also if it was withdrawn meanwhile. */
    @NonNull
    Instant arrivedAt() {
        Instant arrived = arrivedAt == null ? Instant.now() : arrivedAt;
        arrivedAt = arrived;
        return arrived;
    }
}
