package io.jenkins.plugins.gpulease.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.WaitTimeout;
import java.time.Duration;

/** How long a request waits for one step of priority, as it is written in forms and in code. Pure functions. */
final class Ageing {

    /** As the default is written. */
    static final String DEFAULT = LeaseTable.DEFAULT_AGEING.toMinutes() + "m";

    private static final String OFF = "off";

    private Ageing() {}

    /**
     * Reads {@code 10m} and the like, or {@code 0} or {@code off} for priorities that don't age.
     *
     * @return zero to {@link LeaseTable#MAX_AGEING}; the default if nothing is written
     * @throws IllegalArgumentException if it has another form; the message names the setting and the value and shows the right form
     */
    @NonNull
    static Duration parse(@CheckForNull String text) {
        String trimmed = Util.fixEmptyAndTrim(text);
        if (trimmed == null) {
            return LeaseTable.DEFAULT_AGEING;
        }
        if (trimmed.equals("0") || trimmed.equalsIgnoreCase(OFF)) {
            return Duration.ZERO;
        }
        try {
            return WaitTimeout.parse(trimmed);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(Messages.Ageing_malformed(e.getMessage()), e);
        }
    }
}
