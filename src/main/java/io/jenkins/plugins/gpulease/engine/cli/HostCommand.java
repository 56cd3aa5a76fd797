package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.ProbeClassPath;
import io.jenkins.plugins.gpulease.engine.probe.ProbeClient;
import io.jenkins.plugins.gpulease.engine.probe.ProbeLaunch;
import io.jenkins.plugins.gpulease.engine.probe.ProbeService;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedSource;
import io.jenkins.plugins.gpulease.engine.simulation.SimulationSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kohsuke.args4j.Option;

/** A command that looks at the GPUs of this host, or at simulated ones. */
abstract class HostCommand extends Command {

    @Option(name = "--simulate", metaVar = "SPEC",
            usage = "simulated GPUs instead of real ones: COUNTxMODEL:MEMORY, several separated by commas")
    private String simulate;

    @Option(name = "--library", metaVar = "PATH", usage = "NVIDIA's management library (NVML), if it isn't in its usual place")
    private String library;

    @Override
    final int run() throws Exception {
        SimulationSpec simulation = parse("--simulate", simulate, SimulationSpec::parse);
        if (simulation != null && library != null) {
            throw new UsageException("--simulate and --library exclude each other");
        }
        if (library != null && !Files.isRegularFile(Path.of(library))) {
            throw new UsageException("--library: '" + library + "' is not a file; name NVML, such as /usr/lib/libnvidia-ml.so.1");
        }
        checkOptions();
        try (HostLocks locks = new HostLocks(HostLocks.defaultFolder()); Probe probe = probe(simulation)) {
            return run(probe, locks);
        } catch (IOException e) {
            throw new CommandException(failureCode(), e.getMessage());
        }
    }

    /** Real devices are looked at in a process of their own, since a driver that hangs or crashes takes its process along. */
    private Probe probe(SimulationSpec simulation) {
        if (simulation != null) {
            return new ProbeService(
                    new SimulatedSource(simulation, SimulatedLoad.defaultFolder(), ""), new HostLocks(HostLocks.defaultFolder()));
        }
        ProbeLaunch launch = ProbeLaunch.of(ProbeClassPath.ofThisEngine());
        return new ProbeClient(library == null ? launch : launch.withLibrary(Path.of(library)));
    }

    /** Fails if the options don't fit; nothing was started yet. */
    abstract void checkOptions() throws UsageException;

    /** Does what the command is there for; an {@link IOException} ends it with {@link #failureCode}. */
    abstract int run(@NonNull Probe probe, @NonNull HostLocks locks) throws Exception;

    int failureCode() {
        return ExitCode.FAILED;
    }
}
