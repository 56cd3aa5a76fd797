package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * When a hint on how a lease was used is worth a line.
 *
 * @param leastHeld shorter leases get no hints, 0 or more
 * @param memoryPercent less of the memory asked for than that is little, 0 to 100; 0 for no such hint
 * @param utilizationPercent a lower mean utilisation than that is low, 0 to 100; 0 for no such hint
 * @param throttledPercent clocks that are slowed down for that part of the time or more are worth a word, 1 to 100
 */
public record HintThresholds(@NonNull Duration leastHeld, int memoryPercent, int utilizationPercent, int throttledPercent) {

    public static final HintThresholds DEFAULT = new HintThresholds(Duration.ofSeconds(30), 50, 15, 25);

    public HintThresholds {
        if (leastHeld.isNegative()) {
            throw new IllegalArgumentException("leastHeld is " + leastHeld + "; allowed is zero or more");
        }
        check("memoryPercent", memoryPercent, 0);
        check("utilizationPercent", utilizationPercent, 0);
        check("throttledPercent", throttledPercent, 1);
    }

    private static void check(String name, int percent, int least) {
        if (percent < least || percent > 100) {
            throw new IllegalArgumentException(name + " is " + percent + "; allowed is " + least + " to 100");
        }
    }
}
