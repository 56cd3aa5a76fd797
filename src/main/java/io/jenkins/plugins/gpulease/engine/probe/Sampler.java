package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import io.jenkins.plugins.gpulease.engine.usage.UsageRecorder;
import java.io.Closeable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks at leased devices at a steady pace, on one thread; while nothing is leased, nothing runs. A device that two leases share
 * (a lease and its sub-lease) is looked at once.
 *
 * <p>Thread-safe. Devices are looked at outside the monitor, since a look may hang.
 */
final class Sampler implements Closeable {

    private static final Logger LOGGER = Logger.getLogger(Sampler.class.getName());

    private record Sampled(List<String> uuids, UsageRecorder recorder) {}

    private final Function<String, Reading> look;
    private final Duration period;
    private final Map<String, Sampled> leases = new LinkedHashMap<>();
    private final Lock round = new ReentrantLock();
    private final ScheduledThreadPoolExecutor timer;
    private ScheduledFuture<?> rounds;

    Sampler(@NonNull Function<String, Reading> look, @NonNull Duration period) {
        this.look = look;
        this.period = period;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gpu-lease sampler");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Does nothing for a lease that is sampled already. */
    synchronized void start(@NonNull String lease, @NonNull List<String> uuids, @NonNull Collection<Reading> first) {
        Sampled sampled = new Sampled(uuids, new UsageRecorder(uuids, Instant.now()));
        if (leases.putIfAbsent(lease, sampled) != null) {
            return;
        }
        first.forEach(sampled.recorder()::record);
        if (rounds == null) {
            rounds = timer.scheduleAtFixedRate(this::sample, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** @return what was recorded; unknown if the lease isn't sampled */
    @NonNull
    synchronized LeaseUsage stop(@NonNull String lease, @NonNull Collection<Reading> last) {
        Sampled sampled = leases.remove(lease);
        if (leases.isEmpty() && rounds != null) {
            rounds.cancel(false);
            rounds = null;
        }
        if (sampled == null) {
            return LeaseUsage.UNKNOWN;
        }
        last.forEach(sampled.recorder()::record);
        return sampled.recorder().finish(Instant.now());
    }

    private void sample() {
        round.lock();
        try {
            for (String uuid : devices()) {
                record(look.apply(uuid));
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "A round of samples failed; the next one is due as ever", e);
        } finally {
            round.unlock();
        }
    }

    private synchronized List<String> devices() {
        Set<String> devices = new LinkedHashSet<>();
        leases.values().forEach(sampled -> devices.addAll(sampled.uuids()));
        return new ArrayList<>(devices);
    }

    private synchronized void record(Reading reading) {
        leases.values().forEach(sampled -> sampled.recorder().record(reading));
    }

    /** Waits for the round that is under way. Who has a deadline notices by it that a device hangs. */
    void awaitRound() {
        round.lock();
        round.unlock();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
