package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.HostName;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.placement.VisibleDevices;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.args4j.Option;

/** {@code gpu-lease watch}: the list, live. */
final class WatchCommand extends HostCommand {

    private static final long PERIOD_MILLIS = 1_000;

    /** Looking for devices that came or went is dear; looking at those that are there isn't. */
    private static final int LOOKS_PER_SCAN = 30;

    @Option(name = "--times", metaVar = "N", usage = "end after N looks, one a second (default: until q, Ctrl-C or a signal)")
    private String times;

    private int looksLeft = Integer.MAX_VALUE;

    @Override
    void checkOptions() throws UsageException {
        refuseProgram();
        if (times != null) {
            looksLeft = parseNumber("--times", times, 1, 999_999_999);
        }
    }

    @Override
    int run(@NonNull Probe probe, @NonNull HostLocks locks) throws Exception {
        Inventory inventory = scan(probe);
        if (inventory.status() != Inventory.Status.OK) {
            HostTable.lines(HostView.of(inventory, probe, locks)).forEach(System.out::println);
            return ListCommand.exitCode(inventory);
        }
        if (Terminal.isThere()) {
            watchScreen(probe, locks, inventory);
        } else {
            watchLines(probe, locks, inventory);
        }
        return ExitCode.OK;
    }

    private static Inventory scan(Probe probe) throws ProbeException {
        return VisibleDevices.of(System.getenv()).filter(probe.scan());
    }

    private void watchScreen(Probe probe, HostLocks locks, Inventory first) throws IOException, InterruptedException {
        Inventory inventory = first;
        try (Terminal terminal = new Terminal()) {
            for (int look = 1; looksLeft-- > 0; look++) {
                List<String> lines = new ArrayList<>();
                lines.add("gpu-lease watch on " + HostName.get() + ", " + now() + "   (q ends)");
                lines.add("");
                lines.addAll(HostTable.lines(HostView.of(inventory, probe, locks)));
                terminal.show(lines);
                if (looksLeft > 0 && terminal.quitTyped(PERIOD_MILLIS)) {
                    return;
                }
                inventory = look % LOOKS_PER_SCAN == 0 ? scan(probe) : inventory;
            }
        }
    }

    private void watchLines(Probe probe, HostLocks locks, Inventory first) throws IOException, InterruptedException {
        Inventory inventory = first;
        for (int look = 1; looksLeft-- > 0 && !System.out.checkError(); look++) {
            String time = now();
            HostView.of(inventory, probe, locks).rows().forEach(row -> System.out.println(time + " " + line(row)));
            if (looksLeft > 0) {
                Thread.sleep(PERIOD_MILLIS);
            }
            inventory = look % LOOKS_PER_SCAN == 0 ? scan(probe) : inventory;
        }
    }

    private static String line(DeviceRow row) {
        Reading reading = row.reading();
        return "GPU " + row.number() + " " + row.device().uuid() + " memory " + HostTable.memory(reading.memoryUsed(), row.device().memory())
                + " util " + HostTable.with(reading.utilization(), " %") + " temp "
                + HostTable.with(reading.temperatureCelsius(), " °C") + " " + row.stateText();
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @NonNull
    @Override
    String description() {
        return """
                gpu-lease watch [OPTION…]

                Shows what 'gpu-lease list' shows, once a second: as a table on a terminal, else as one line for each GPU.
                Exit code 0, or 1 if the GPUs can't be read, 2 for a wrong call.""";
    }

    @NonNull
    @Override
    List<String> examples() {
        return List.of("gpu-lease watch", "gpu-lease watch --times 60 > gpus.log", "gpu-lease watch --simulate 4xH100:80GB");
    }
}
