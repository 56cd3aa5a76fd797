package io.jenkins.plugins.gpulease.engine.probe;

import io.jenkins.plugins.gpulease.engine.nvml.FakeNvml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.runner.Description;
import org.junit.runners.model.Statement;

/**
 * Measures what the probe costs, with the fake NVML library and eight GPUs; prints one line for each figure. It takes about
 * a minute; {@code docs/performance.md} has the command.
 */
public final class ProbeMeasurement {

    private static final List<String> GPUS = IntStream.range(0, 8).mapToObj(i -> "GPU-" + i).toList();
    private static final Duration WATCHED = Duration.ofSeconds(20);

    private final ProbeLaunch launch;

    private ProbeMeasurement(ProbeLaunch launch) {
        this.launch = launch;
    }

    public static void main(String[] args) throws Throwable {
        FakeNvml nvml = new FakeNvml();
        Statement measurement = new Statement() {
            @Override
            public void evaluate() throws Exception {
                GPUS.forEach(nvml.world()::gpu);
                nvml.world().write();
                new ProbeMeasurement(ProbeLaunch.of(ProbeClassPath.ofThisEngine())
                                .withLibrary(Path.of(nvml.libraryPath()))
                                .withLocks(nvml.folder().resolve("locks")))
                        .measure();
            }
        };
        nvml.apply(measurement, Description.EMPTY).evaluate();
    }

    private void measure() throws Exception {
        System.out.printf("load of the machine: %s%n", Files.readString(Path.of("/proc/loadavg")).trim());
        times("start of the process with its first scan", 10, this::startAndClose);
        try (ProbeClient probe = new ProbeClient(launch)) {
            probe.scan();
            System.out.println("resident after the start: " + residentMib(probe) + " MiB");
            times("scan of 8 devices", 200, probe::scan);
            Claim one = ProbeHost.claim("one", GPUS.subList(0, 1));
            Claim all = ProbeHost.claim("all", GPUS);
            times("hand-out of 1 device", 500, () -> probe.handOut(one), () -> probe.takeBack(one));
            times("hand-out of 8 devices", 500, () -> probe.handOut(all), () -> probe.takeBack(all));
            watch("idle", probe);
            probe.handOut(all);
            watch("sampling 8 devices", probe);
            System.out.println("resident at the end: " + residentMib(probe) + " MiB");
        }
    }

    private Object startAndClose() throws ProbeException {
        try (ProbeClient probe = new ProbeClient(launch)) {
            return probe.scan();
        }
    }

    private static void times(String what, int count, Callable<?> call) throws Exception {
        times(what, count, call, () -> null);
    }

    private static void times(String what, int count, Callable<?> call, Callable<?> undo) throws Exception {
        double[] millis = new double[count];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            call.call();
            millis[i] = (System.nanoTime() - start) / 1e6;
            undo.call();
        }
        Arrays.sort(millis);
        System.out.printf(
                Locale.ROOT, "%s: median %.2f ms, p95 %.2f ms (%d times)%n", what, millis[count / 2], millis[count * 95 / 100], count);
    }

    private static void watch(String when, ProbeClient probe) throws Exception {
        ProcessHandle process = ProcessHandle.of(probe.pid().getAsLong()).orElseThrow();
        Duration before = process.info().totalCpuDuration().orElseThrow();
        Thread.sleep(WATCHED.toMillis());
        Duration used = process.info().totalCpuDuration().orElseThrow().minus(before);
        System.out.printf(Locale.ROOT, "%s: %.2f %% of a core over %d s%n", when,
                100.0 * used.toMillis() / WATCHED.toMillis(), WATCHED.toSeconds());
    }

    private static long residentMib(ProbeClient probe) throws Exception {
        Path status = Path.of("/proc", Long.toString(probe.pid().getAsLong()), "status");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
