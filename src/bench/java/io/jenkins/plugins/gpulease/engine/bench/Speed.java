package io.jenkins.plugins.gpulease.engine.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks and reports them in Markdown; with {@code --write} into a page. Its exit code is the number of missed goals. */
public final class Speed {

    static final String PACKAGES = "io\\.jenkins\\.plugins\\.gpulease\\..*";

    private static final Path PAGE = Path.of("docs", "performance.md");
    private static final String HEADING = "## Engine";
    private static final String PAIR = "acquireAndRelease ";
    private static final String LARGE = "1,250 nodes with 8 GPUs, 10,000 waiters";

    private static final List<Goal> GOALS = List.of(
            new Goal("acquire and release in one thread, " + LARGE, "ns", 5_000, all -> all.time(PAIR + "LARGE")),
            new Goal("the same, as a share of that with 10 nodes and 10 waiters", "%", 200,
                    all -> 100 * all.time(PAIR + "LARGE") / all.time(PAIR + "SMALL")),
            new Goal("release to the next one's listener on an executor, " + LARGE + ": 99th percentile", "µs", 1_000,
                    all -> all.time("handOver LARGE", 99)),
            new Goal("choice among 16 GPUs, the slowest of all counts and many topologies: processor time", "ns", 1_000_000,
                    all -> all.processor("choose")));

    private Speed() {}

    public static void main(String[] args) throws RunnerException, IOException {
        String load = Machine.load();
        Measurements measurements = new Measurements(new Runner(new OptionsBuilder()
                        .include(PACKAGES)
                        .forks(2)
                        .warmupIterations(8)
                        .warmupTime(TimeValue.seconds(2))
                        .measurementIterations(8)
                        .measurementTime(TimeValue.seconds(1))
                        .jvmArgs("-Xms1g", "-Xmx1g")
                        .addProfiler(GCProfiler.class)
                        .addProfiler(ProcessorTime.class)
                        .shouldFailOnError(true)
                        .build())
                .run());
        String report = report(measurements, load);
        System.out.println(report);
        if (List.of(args).contains("--write")) {
            new Page(PAGE).write(HEADING, report);
        }
        System.exit((int) GOALS.stream().filter(goal -> !goal.isMet(measurements)).count());
    }

    private static String report(Measurements measurements, String load) {
        return String.format(Locale.ROOT, """
                Measured with `bin/bench speed --write` (%s; load average before %s, afterwards %s).
                Times are by the clock but where processor time is said: that is the whole JVM's, with the threads of its garbage collection.

                | what | measured | goal |
                | --- | --- | --- |
                %s

                An acquire and a release together are %,.0f a second (%,.0f with 10 nodes and 10 waiters), and allocate %,.0f bytes. They took
                %,.0f ns (%,.0f ns) of processor time; what goes beyond the clock is the garbage collector's, on other threads. Half of the hand-overs took up to %,.0f µs by the clock; half of the
                slowest choices up to %,.0f µs, 99 %% up to %,.0f µs.
                What the build queue asks for each item and each node is measured by the test `DispatcherCostTest`.
                """,
                Machine.describe(), load, Machine.load(),
                GOALS.stream().map(goal -> goal.row(measurements)).collect(Collectors.joining("\n")),
                1e9 / measurements.time(PAIR + "LARGE"), 1e9 / measurements.time(PAIR + "SMALL"),
                measurements.allocated(PAIR + "LARGE"), measurements.processor(PAIR + "LARGE"), measurements.processor(PAIR + "SMALL"),
                measurements.time("handOver LARGE", 50), measurements.time("choose", 50), measurements.time("choose", 99));
    }
}
