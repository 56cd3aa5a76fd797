package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.simulation.SimulationSpec;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.function.Consumer;
import org.kohsuke.args4j.Option;

/** {@code gpu-lease demo}: a dozen jobs contend for simulated GPUs, live. */
final class DemoCommand extends Command {

    private static final long FRAME_MILLIS = 200;

    /** Only a defect keeps it going so long. */
    private static final Duration LIMIT = Duration.ofSeconds(28);

    @Option(name = "--simulate", metaVar = "SPEC", usage = "the GPUs, at least 4 with 80 GB (default 4xH100:80GB)")
    private String simulate = "4xH100:80GB";

    @Option(name = "--speed", metaVar = "N", usage = "N times faster, 1 to 10 (default 1)")
    private String speed = "1";

    private int faster;
    private Instant start;

    @Override
    int run() throws Exception {
        refuseProgram();
        faster = parseNumber("--speed", speed, 1, 10);
        SimulationSpec simulation = parse("--simulate", simulate, SimulationSpec::parse);
        try (DemoHost host = new DemoHost(simulation)) {
            return Terminal.isThere() ? runOnScreen(host) : runInLines(host);
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, e.getMessage());
        }
    }

    private int runOnScreen(DemoHost host) throws IOException, InterruptedException {
        List<DemoJob> jobs = jobs(host, event -> {});
        try (Terminal terminal = new Terminal()) {
            Queue<DemoJob> coming = begin(jobs);
            while (goOn(host, jobs, coming)) {
                terminal.show(DemoScreen.lines(host.view(), host.readings(), jobs));
                if (terminal.quitTyped(FRAME_MILLIS)) {
                    break;
                }
            }
            terminal.show(DemoScreen.lines(host.view(), host.readings(), jobs));
        } finally {
            jobs.forEach(DemoJob::kill);
        }
        return end(host, jobs);
    }

    private int runInLines(DemoHost host) throws IOException, InterruptedException {
        List<DemoJob> jobs = jobs(host, this::print);
        try {
            Queue<DemoJob> coming = begin(jobs);
            while (goOn(host, jobs, coming)) {
                Thread.sleep(FRAME_MILLIS);
            }
        } finally {
            jobs.forEach(DemoJob::kill);
        }
        return end(host, jobs);
    }

    private List<DemoJob> jobs(DemoHost host, Consumer<String> log) {
        return JobPlan.DOZEN.stream()
                .map(plan -> new DemoJob(plan.faster(faster), host.table(), host.loads(), log))
                .toList();
    }

    private Queue<DemoJob> begin(List<DemoJob> jobs) {
        start = Instant.now();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> jobs.forEach(DemoJob::kill), "kill"));
        return new ArrayDeque<>(jobs);
    }

    /** Lets jobs come in time; false once all is over. */
    private boolean goOn(DemoHost host, List<DemoJob> jobs, Queue<DemoJob> coming) throws IOException {
        Duration now = Duration.between(start, Instant.now());
        while (!coming.isEmpty() && coming.peek().plan().arrival().compareTo(now) <= 0) {
            coming.remove().ask(DemoHost.NAME);
        }
        host.recheck();
        boolean over = jobs.stream().allMatch(DemoJob::isOver) && host.view().count(DeviceState.RETURNING) == 0;
        return !over && now.compareTo(LIMIT) < 0;
    }

    private int end(DemoHost host, List<DemoJob> jobs) {
        DemoSummary summary = DemoSummary.of(jobs, host.view(), Duration.between(start, Instant.now()));
        summary.lines().forEach(System.out::println);
        return summary.isGood() ? ExitCode.OK : ExitCode.FAILED;
    }

    private void print(String event) {
        double seconds = Duration.between(start, Instant.now()).toMillis() / 1000.0;
        System.out.println(String.format(Locale.ROOT, "%5.1f s  ", seconds) + event);
    }

    @NonNull
    @Override
    String description() {
        return """
                gpu-lease demo [OPTION…]

                Shows a dozen jobs that contend for four simulated GPUs, in less than half a minute. The jobs are real processes; the
                order in which they are served is that of Jenkins. Needs no hardware and touches none.
                Exit code 0 if all jobs got their turn and nothing is left over, 1 if not, 2 for a wrong call.""";
    }

    @NonNull
    @Override
    List<String> examples() {
        return List.of("gpu-lease demo", "gpu-lease demo --simulate 8xA100:80GB", "gpu-lease demo | cat");
    }
}
