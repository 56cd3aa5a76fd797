package io.jenkins.plugins.gpulease.engine.bench;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Figures by the names of benchmarks, such as {@code acquireAndRelease SMALL}. */
final class Measurements {

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Map<String, RunResult> results;

    Measurements(Collection<RunResult> results) {
        this.results = results.stream().collect(Collectors.toMap(Measurements::name, result -> result));
    }

    private static String name(RunResult result) {
        String method = result.getParams().getBenchmark().replaceAll(".*\\.", "");
        String size = result.getParams().getParam("size");
        return size == null ? method : method + " " + size;
    }

    /** Time of an operation, in the benchmark's unit. */
    double time(String name) {
        return primary(name).getScore();
    }

    /** Such a share of the operations, in percent, took no longer. */
    double time(String name, double percent) {
        return primary(name).getStatistics().getPercentile(percent);
    }

    /** Processor time of an operation in ns. */
    double processor(String name) {
        return secondary(name, ProcessorTime.LABEL);
    }

    /** Bytes allocated by an operation. */
    double allocated(String name) {
        return secondary(name, ALLOCATED);
    }

    private Result<?> primary(String name) {
        return result(name).getPrimaryResult();
    }

    private double secondary(String name, String label) {
        return result(name).getSecondaryResults().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(label))
                .mapToDouble(entry -> entry.getValue().getScore())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " was measured without " + label));
    }

    private RunResult result(String name) {
        RunResult result = results.get(name);
        if (result == null) {
            throw new IllegalArgumentException("'" + name + "' was not measured, but " + results.keySet());
        }
        return result;
    }
}
