package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * Mean and peak of values that lasted for different times. While nothing has lasted yet (a single reading), the plain mean
 * stands in.
 */
final class WeightedMean {

    private double weightedSum;
    private double weight;
    private double plainSum;
    private int count;
    private double peak;

    /**
     * @param value null if unknown, which doesn't count
     * @param seconds how long it lasted, 0 or more
     */
    void add(@CheckForNull Number value, double seconds) {
        if (value == null) {
            return;
        }
        peak = count == 0 ? value.doubleValue() : Math.max(peak, value.doubleValue());
        weightedSum += value.doubleValue() * seconds;
        weight += seconds;
        plainSum += value.doubleValue();
        count++;
    }

    void add(WeightedMean other) {
        peak = count == 0 ? other.peak : Math.max(peak, other.peak);
        weightedSum += other.weightedSum;
        weight += other.weight;
        plainSum += other.plainSum;
        count += other.count;
    }

    /** Rounded; null if no value is known. */
    @CheckForNull
    Long mean() {
        if (count == 0) {
            return null;
        }
        return Math.round(weight > 0 ? weightedSum / weight : plainSum / count);
    }

    /** Rounded; null if no value is known. */
    @CheckForNull
    Long peak() {
        return count == 0 ? null : Math.round(peak);
    }
}
