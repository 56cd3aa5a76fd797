package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** A stretch of time, in milliseconds since 1970. */
record Span(long from, long to) {

    /** How much time the spans cover together; what several cover counts once. */
    @NonNull
    static Duration covered(@NonNull List<Span> spans) {
        long total = 0;
        long reached = Long.MIN_VALUE;
        for (Span span : spans.stream().sorted(Comparator.comparingLong(Span::from)).toList()) {
            long start = Math.max(span.from, reached);
            total += Math.max(0, span.to - start);
            reached = Math.max(reached, span.to);
        }
        return Duration.ofMillis(total);
    }
}
