package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.bench.Page;
import io.jenkins.plugins.gpulease.engine.lease.Workload.Binding;
import io.jenkins.plugins.gpulease.engine.lease.Workload.Mix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the simulations and reports them in Markdown; with {@code --write} into a page, with the plots that belong there. */
public final class SimulationReport {

    private static final Path PAGE = Path.of("docs", "scheduling.md");
    private static final Path IMAGES = Path.of("docs", "images");
    private static final String HEADING = "## Fairness and utilisation";

    private SimulationReport() {}

    public static void main(String[] args) throws IOException {
        List<Scenario> overload = Stream.of(Mix.values())
                .flatMap(mix -> Stream.of(Binding.values()).map(binding -> Scenario.of(1.1, mix, binding)))
                .toList();
        Scenario busy = Scenario.of(0.9, Mix.UP_TO_A_WHOLE_NODE, Binding.ALL_FLOAT);
        String report = report(overload, busy);
        System.out.println(report);
        if (List.of(args).contains("--write")) {
            new Page(PAGE).write(HEADING, report);
            SimulationPlots.utilisation(overload, IMAGES.resolve("utilisation.png"));
            SimulationPlots.waits(busy, IMAGES.resolve("waits.png"));
        }
    }

    private static String report(List<Scenario> overload, Scenario busy) {
        return String.format(Locale.ROOT, """
                Simulated with `bin/bench simulation --write`: the table of leases itself, in virtual time. %d nodes with %d GPUs;
                builds arrive at random during %d hours, the first %d of which don't count. Of 20 builds, 12 ask for 1 GPU, 5 for 2 and 3 for 4;
                *some for 8* means that one of those for 2 asks for a whole node instead. They run for 10 minutes on average, half of them about
                6 or less; every tenth has priority 1, and another one 2. Bound ones are bound to a node at random. %d runs with
                other random numbers.

                ![Share of GPUs in use with more work than the GPUs can do](images/utilisation.png)

                With 10 %% more work than the GPUs can do:

                | requests | work there is where it may be done | in use, nothing kept for anybody | in use, kept after %d overtakings | least of all runs | most overtakings seen |
                | --- | --- | --- | --- | --- | --- |
                %s

                No policy can have more in use than there is work. If no GPUs were kept for those who were overtaken, more would be in use,
                but large requests would starve: with the last row's requests, and 10 %% *less* work than the GPUs can do, one was overtaken
                %,d times.
                The difference is what it costs here that nobody is overtaken more often: while GPUs are gathered for a large
                request, those that came first are idle until the last one comes, and nobody knows in advance when its build ends. So requests
                for a whole node that are bound to one are dear: let them [float](#gpus-and-executor-together), or ask for half a node.

                ![How long builds wait by the number of GPUs that they ask for](images/waits.png)

                With 10 %% less work than the GPUs can do, all requests floating, some for 8 (%.1f %% of the GPUs' time in use):

                | GPUs asked for | half wait up to | 95 %% up to | the longest | half, nothing kept | 95 %% | the longest |
                | --- | --- | --- | --- | --- | --- | --- |
                %s
                """,
                Scenario.NODES, Workload.DEVICES, Scenario.LENGTH.toHours(), Scenario.WARM_UP.toHours(), Scenario.SEEDS,
                LeaseTable.DEFAULT_MAX_OVERTAKES,
                overload.stream().map(SimulationReport::row).collect(Collectors.joining("\n")),
                Scenario.of(0.9, Mix.UP_TO_A_WHOLE_NODE, Binding.ALL_BOUND).unfair().mostOvertaken(),
                100 * busy.fair().utilisation(),
                busy.fair().sizes().stream().map(size -> waitRow(busy, size)).collect(Collectors.joining("\n")));
    }

    private static String row(Scenario scenario) {
        return String.format(Locale.ROOT, "| %s | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %d |", scenario.title(),
                100 * scenario.mostUsable(), 100 * scenario.unfair().utilisation(), 100 * scenario.fair().utilisation(),
                100 * scenario.fair().leastUtilisation(), scenario.fair().mostOvertaken());
    }

    private static String waitRow(Scenario scenario, int size) {
        return "| " + size + " | " + waits(scenario.fair(), size) + " | " + waits(scenario.unfair(), size) + " |";
    }

    private static String waits(Scenario.Outcome outcome, int size) {
        return Stream.of(0.5, 0.95, 1.0)
                .map(share -> String.format(Locale.ROOT, "%.1f min", outcome.minutesWaited(size, share)))
                .collect(Collectors.joining(" | "));
    }
}
