package io.jenkins.plugins.gpulease.engine.bench;

import static org.junit.Assert.assertEquals;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark runs; how quickly is nothing for a test. */
public class BenchmarksTest {

    @Test
    public void eachBenchmarkRuns() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(Speed.PACKAGES)
                        .param("size", "SMALL")
                        .param("machines", "1")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(20))
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run();

        assertEquals(
                Set.of("acquireAndRelease", "handOver", "choose"),
                results.stream()
                        .map(result -> result.getParams().getBenchmark().replaceAll(".*\\.", ""))
                        .collect(Collectors.toSet()));
    }
}
