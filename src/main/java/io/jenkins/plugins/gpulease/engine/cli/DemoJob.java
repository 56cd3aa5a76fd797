package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.lease.GrantListener;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseEnvironment;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** A job of the demo: asks, is granted, runs a process, gives back. Thread-safe. */
final class DemoJob implements GrantListener {

    private final JobPlan plan;
    private final LeaseTable table;
    private final Path loads;
    private final Consumer<String> log;

    private Instant askedAt;
    private Lease lease;
    private Process process;
    private Instant endedAt;
    private boolean failed;

    /**
     * @param loads folder where its process announces what it does
     * @param log takes what happens, for people; from any thread
     */
    DemoJob(@NonNull JobPlan plan, @NonNull LeaseTable table, @NonNull Path loads, @NonNull Consumer<String> log) {
        this.plan = plan;
        this.table = table;
        this.loads = loads;
        this.log = log;
    }

    @NonNull
    JobPlan plan() {
        return plan;
    }

    void ask(@NonNull String node) {
        synchronized (this) {
            askedAt = Instant.now();
        }
        DeviceRequest devices = DeviceRequest.of(plan.gpus()).withMinMemory(plan.memory());
        log.accept(plan.name() + " asks for " + devices);
        table.request(new LeaseRequest(plan.name(), node, devices, new Holder(plan.name(), plan.name()), 0, null, false), this);
    }

    @Override
    public void onGranted(@NonNull Lease granted) {
        try {
            Process started = start(granted);
            log.accept(plan.name() + " gets GPU " + numbers(granted) + " after " + ReadableTime.of(waited(granted)));
            started.onExit().thenAccept(ended -> end(ended, granted));
        } catch (IOException e) {
            log.accept(plan.name() + " can't start: " + e.getMessage());
            fail();
            table.release(granted.id());
        }
    }

    private synchronized Process start(Lease granted) throws IOException {
        lease = granted;
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), DemoWork.class.getName(),
                loads.toString(), Long.toString(plan.memory().bytes()), Integer.toString(plan.utilization()),
                Long.toString(plan.work().toMillis()));
        builder.environment().putAll(LeaseEnvironment.of(granted, false));
        process = builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process;
    }

    private synchronized Duration waited(Lease granted) {
        return Duration.between(askedAt, granted.grantedAt());
    }

    private void end(Process ended, Lease granted) {
        table.release(granted.id()).thenAccept(returned -> {
            synchronized (this) {
                endedAt = Instant.now();
                failed = ended.exitValue() != 0;
            }
            log.accept(plan.name() + (ended.exitValue() == 0 ? " is done" : " failed with exit code " + ended.exitValue())
                    + ", GPU " + numbers(granted) + " free again");
        });
    }

    @Override
    public void onFailed(@NonNull LeaseFailure failure) {
        log.accept(plan.name() + " gets nothing: " + failure.message());
        fail();
    }

    private synchronized void fail() {
        failed = true;
        endedAt = Instant.now();
    }

    /** Ends its process, so that nothing outlives the demo. */
    synchronized void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    synchronized boolean isOver() {
        return endedAt != null;
    }

    synchronized boolean hasFailed() {
        return failed;
    }

    /** Null before it was granted. */
    @CheckForNull
    synchronized Lease lease() {
        return lease;
    }

    /** Null before it came. */
    @CheckForNull
    synchronized Instant askedAt() {
        return askedAt;
    }

    /** How much of its work is done, 0 to 1. */
    synchronized double progress() {
        if (lease == null) {
            return 0;
        }
        double worked = Duration.between(lease.grantedAt(), Instant.now()).toMillis();
        return endedAt != null ? 1 : Math.min(0.99, worked / plan.work().toMillis());
    }

    @NonNull
    static String numbers(@NonNull Lease lease) {
        List<String> numbers = lease.devices().stream().map(Device::index).map(String::valueOf).toList();
        return String.join(", ", numbers);
    }
}
