package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;

/** A device that was taken out of service: as it is stored, so a plain class, whose fields are the form on disk. Immutable. */
final class Drain {

    private final String uuid;
    private final String node;
    private final String reason;
    private final String by;
    private final long atMillis;

    /**
     * @param node where it was then, for permissions
     * @param by the user's id
     */
    Drain(@NonNull String uuid, @NonNull String node, @NonNull String reason, @NonNull String by, @NonNull Instant at) {
        this.uuid = uuid;
        this.node = node;
        this.reason = reason;
        this.by = by;
        this.atMillis = at.toEpochMilli();
    }

    @NonNull
    String uuid() {
        return uuid;
    }

    @NonNull
    String node() {
        return node;
    }

    @NonNull
    String reason() {
        return reason;
    }

    /** As everybody reads it: why, and who decided it. */
    @NonNull
    String text() {
        return Messages.Drain_text(reason, by);
    }

    /** A file may have been written by hand. */
    boolean isComplete() {
        return uuid != null && node != null && reason != null && by != null;
    }
}
