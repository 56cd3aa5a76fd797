package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.HostName;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseEnvironment;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.Feasibility;
import io.jenkins.plugins.gpulease.engine.placement.MigLimits;
import io.jenkins.plugins.gpulease.engine.placement.VisibleDevices;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** One run of a program with GPUs: wait, start, pass signals on, give back, tell. What it tells goes to standard error. */
final class ProgramRun {

    /** While it waits, sick devices may recover and others come. */
    private static final int LOOKS_PER_SCAN = 30;

    /** How often the locks are looked after while the program runs. */
    private static final Duration LOCK_CHECK = Duration.ofSeconds(5);

    private final Probe probe;
    private final HostLocks locks;
    private final DeviceRequest request;
    private final Patience patience;
    private final boolean indices;
    private final String id = "run-" + UUID.randomUUID();
    private final Instant askedAt = Instant.now();
    private DottedVersion driver;
    private final SignalRelay signals = new SignalRelay();

    ProgramRun(
            @NonNull Probe probe, @NonNull HostLocks locks, @NonNull DeviceRequest request, @NonNull Patience patience, boolean indices) {
        this.probe = probe;
        this.locks = locks;
        this.request = request;
        this.patience = patience;
        this.indices = indices;
    }

    /** @return the program's exit code */
    int run(@NonNull List<String> program) throws IOException, InterruptedException, CommandException {
        signals.install();
        // Anybody on the host may read it, and arguments may be secrets.
        Path name = Path.of(program.get(0)).getFileName();
        HostLeasing leasing = new HostLeasing(probe, locks, new BestPlacement(), id, "gpu-lease run " + name);
        List<Device> devices = await(leasing);
        Instant grantedAt = Instant.now();
        tell(grant(devices));
        MigLimits.warning(devices, driver).ifPresent(warning -> tell("warning: " + warning));
        try {
            return runWith(devices, program, grantedAt);
        } finally {
            Duration held = Duration.between(grantedAt, Instant.now());
            try {
                UsageText.lines(devices, leasing.giveBack(devices, request), held).forEach(ProgramRun::tell);
            } catch (IOException e) {
                tell("held " + UsageText.count(devices.size()) + " for " + ReadableTime.of(held) + "; what was used isn't known: " + e.getMessage());
            }
        }
    }

    // ---- waiting

    private List<Device> await(HostLeasing leasing) throws IOException, InterruptedException, CommandException {
        Inventory inventory = Inventory.without(Inventory.Status.UNKNOWN, "not looked yet", askedAt);
        WaitingText waiting = new WaitingText(request);
        for (int looks = 1; ; looks++) {
            if (looks % LOOKS_PER_SCAN == 1) {
                inventory = usable();
            }
            Attempt attempt = leasing.attempt(request, inventory);
            if (attempt.succeeded()) {
                return attempt.devices();
            }
            Duration waited = Duration.between(askedAt, Instant.now());
            if (patience.isOver(waited)) {
                throw new CommandException(ExitCode.BUSY, waiting.failure(inventory, attempt, patience.waits() ? waited : null));
            }
            waiting.news(inventory, attempt, waited).forEach(ProgramRun::tell);
            Thread.sleep(patience.pause(looks, waited, ThreadLocalRandom.current()).toMillis());
        }
    }

    private Inventory usable() throws ProbeException, CommandException {
        Inventory inventory = VisibleDevices.of(System.getenv()).filter(probe.scan());
        if (inventory.status() != Inventory.Status.OK) {
            throw new CommandException(ExitCode.NOT_RUN, HostTable.absence(inventory));
        }
        Optional<String> obstacle = Feasibility.obstacle("This host", request, inventory);
        if (obstacle.isPresent()) {
            throw new CommandException(ExitCode.NOT_RUN, obstacle.get());
        }
        driver = inventory.driverVersion();
        return inventory;
    }

    // ---- running

    private int runWith(List<Device> devices, List<String> program, Instant grantedAt)
            throws InterruptedException, CommandException {
        Lease lease = new Lease(id, HostName.get(), devices, request.minMemory(), new Holder(id, program.get(0)), null, askedAt, grantedAt);
        ProcessBuilder builder = new ProcessBuilder(program).inheritIO();
        Map<String, String> environment = builder.environment();
        environment.putAll(LeaseEnvironment.of(lease, indices));
        try {
            Process process = signals.start(builder);
            while (!process.waitFor(LOCK_CHECK.toMillis(), TimeUnit.MILLISECONDS)) {
                locks.revalidate();
            }
            return process.exitValue();
        } catch (IOException e) {
            boolean missing = String.valueOf(e.getMessage()).contains("error=2,"); // ENOENT
            throw new CommandException(missing ? ExitCode.NOT_FOUND : ExitCode.NOT_STARTABLE,
                    "'" + program.get(0) + "' can't be started: " + e.getMessage());
        }
    }

    private String grant(List<Device> devices) {
        Duration waited = Duration.between(askedAt, Instant.now());
        return String.join(", ", devices.stream().map(UsageText::name).toList())
                + (waited.toSeconds() > 0 ? " after " + ReadableTime.of(waited) : "");
    }

    private static void tell(String line) {
        System.err.println("gpu-lease: " + line);
    }
}
