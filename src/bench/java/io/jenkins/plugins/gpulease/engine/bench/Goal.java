package io.jenkins.plugins.gpulease.engine.bench;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a benchmark has to come to.
 *
 * @param what for people
 * @param unit of both figures, for people
 * @param most the greatest figure that meets it
 * @param figure measured
 */
record Goal(String what, String unit, double most, ToDoubleFunction<Measurements> figure) {

    boolean isMet(Measurements measurements) {
        return figure.applyAsDouble(measurements) <= most;
    }

    /** A row of a table: what, figure, goal. */
    String row(Measurements measurements) {
        return String.format(Locale.ROOT, "| %s | %,.0f %s | %s: at most %,.0f %s |", what,
                figure.applyAsDouble(measurements), unit, isMet(measurements) ? "met" : "MISSED", most, unit);
    }
}
