package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;

/**
 * How many waits were how long, in bins that grow by {@value #RATIO} each: bin 0 is below one second, bin n from
 * {@code 1.3^(n-1)} to {@code 1.3^n} seconds. So a quantile is known to within that ratio. Pure functions.
 */
final class WaitBins {

    static final double RATIO = 1.3;

    /** Two days and longer. */
    static final int LAST = 47;

    private WaitBins() {}

    static int bin(@NonNull Duration wait) {
        double seconds = wait.toMillis() / 1000.0;
        return seconds < 1 ? 0 : Math.min(LAST, 1 + (int) Math.floor(Math.log(seconds) / Math.log(RATIO)));
    }

    /**
     * The wait that a part of all didn't exceed, interpolated within its bin.
     *
     * @param counts by bin, one wait at least
     * @param part 0 to 1
     * @return seconds
     */
    static double quantile(@NonNull SortedMap<Integer, Integer> counts, double part) {
        long all = counts.values().stream().mapToLong(Integer::longValue).sum();
        double rank = Math.max(1, Math.ceil(part * all));
        long before = 0;
        for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
            if (before + entry.getValue() >= rank) {
                return within(entry.getKey(), (rank - before) / entry.getValue());
            }
            before += entry.getValue();
        }
        throw new IllegalArgumentException("No waits");
    }

    private static double within(int bin, double position) {
        return bin == 0 ? position : Math.pow(RATIO, bin - 1 + position);
    }
}
