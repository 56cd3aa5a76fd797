package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * How long answers of the probe may take before it counts as hung.
 *
 * @param scan looking at all devices. With persistence mode off, the driver attaches each GPU for 1 to 3 s, so eight of them
 *     take up to 24 s
 * @param other anything else: it asks a few devices that are attached already, which takes milliseconds, but seconds while
 *     another program makes the driver hold its lock (a GPU that is attached or reset, a large process that ends)
 */
public record ProbeDeadlines(@NonNull Duration scan, @NonNull Duration other) {

    public static final ProbeDeadlines DEFAULT = new ProbeDeadlines(Duration.ofSeconds(30), Duration.ofSeconds(15));

    public ProbeDeadlines {
        if (scan.isNegative() || scan.isZero() || other.isNegative() || other.isZero()) {
            throw new IllegalArgumentException("A deadline must be longer than nothing: " + scan + ", " + other);
        }
    }
}
