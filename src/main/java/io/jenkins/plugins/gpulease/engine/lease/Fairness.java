package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * The rules of the order. Guarded by the registry's lock.
 *
 * <p>A request's effective priority is its priority plus one for each ageing interval that it has waited. Of two requests the
 * difference stays the same while both wait, so the order needs no re-sorting as time passes: it is that of
 * {@code arrival - priority * interval}.
 */
final class Fairness {

    private int maxOvertakes;
    private Duration ageing;

    Fairness(int maxOvertakes, @NonNull Duration ageing) {
        setMaxOvertakes(maxOvertakes);
        setAgeing(ageing);
    }

    int maxOvertakes() {
        return maxOvertakes;
    }

    void setMaxOvertakes(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("maxOvertakes is " + most + "; allowed is 0 or more");
        }
        maxOvertakes = most;
    }

    void setAgeing(Duration interval) {
        if (interval.isNegative() || interval.compareTo(LeaseTable.MAX_AGEING) > 0) {
            throw new IllegalArgumentException(
                    "ageing is " + interval + "; allowed is 0 (priorities don't age) to " + LeaseTable.MAX_AGEING.toDays() + " days");
        }
        ageing = interval;
    }

    /**
     * Its place in the order: the lesser rank goes first.
     *
     * @param arrival in ms
     */
    long rank(int priority, long arrival) {
        long interval = ageing.toMillis();
        return interval == 0 ? -(long) priority : arrival - priority * interval;
    }
}
