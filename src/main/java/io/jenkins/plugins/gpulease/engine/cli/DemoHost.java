package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.ProbeService;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedSource;
import io.jenkins.plugins.gpulease.engine.simulation.SimulationSpec;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** The demo's host: simulated GPUs, with locks and loads in a folder of its own, and the same table of leases as in Jenkins. */
final class DemoHost implements Closeable {

    static final String NAME = "demo";

    private final Path folder = Files.createTempDirectory("gpu-lease-demo");
    private final ExecutorService executor = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "demo");
        thread.setDaemon(true);
        return thread;
    });
    private final Probe probe;
    private final LeaseTable table;

    DemoHost(@NonNull SimulationSpec simulation) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::deleteFolder, "delete"));
        probe = new ProbeService(new SimulatedSource(simulation, loads(), NAME), new HostLocks(folder.resolve("locks")));
        table = new LeaseTable(new BestPlacement(), new ProbeCustodian(probe, executor), executor, Clock.systemUTC());
        table.setInventory(NAME, probe.scan());
    }

    @NonNull
    LeaseTable table() {
        return table;
    }

    /** Where jobs announce what they do. */
    @NonNull
    Path loads() {
        return folder.resolve("loads");
    }

    @NonNull
    NodeView view() {
        return table.view(NAME).orElseThrow();
    }

    @NonNull
    List<Reading> readings() throws IOException {
        return probe.read(view().devices().stream().map(device -> device.device().uuid()).toList());
    }

    /** Looks again at devices that didn't come back clean. */
    void recheck() throws IOException {
        List<String> suspects = view().devices().stream()
                .filter(DeviceView::isUnclean)
                .map(device -> device.device().uuid())
                .toList();
        table.observe(NAME, suspects.isEmpty() ? Map.of() : probe.poll(0, suspects).verdicts());
    }

    @Override
    public void close() {
        executor.shutdownNow();
        probe.close();
    }

    /** Once the process ends, however the demo does. */
    private void deleteFolder() {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            // a folder for temporary files keeps some more
        }
    }
}
