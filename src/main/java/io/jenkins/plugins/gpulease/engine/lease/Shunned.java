package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;

/**
 * A device that didn't suit when it was offered, and isn't offered again for a while.
 *
 * @param reason for people
 * @param until when it is worth another try
 */
record Shunned(@NonNull String reason, @NonNull Instant until) {

    boolean isOver(@NonNull Instant now) {
        return !until.isAfter(now);
    }
}
