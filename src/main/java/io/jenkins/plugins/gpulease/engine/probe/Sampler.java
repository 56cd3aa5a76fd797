package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.usage.Attribution;
import io.jenkins.plugins.gpulease.engine.usage.BudgetWatch;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import io.jenkins.plugins.gpulease.engine.usage.ProcessLeases;
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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks at leased devices at a steady pace, on one thread; while nothing is leased, nothing runs. A device that two leases share
 * (a lease and its sub-lease, or leases that share it within budgets) is looked at once.
 *
 * <p>Thread-safe. Devices are looked at outside the monitor, since a look may hang.
 */
final class Sampler implements Closeable {

    private static final Logger LOGGER = Logger.getLogger(Sampler.class.getName());

    /** @param watch null for a lease that has its devices to itself */
    private record Sampled(List<String> uuids, UsageRecorder recorder, BudgetWatch watch) {

        static Sampled of(Claim claim) {
            UsageRecorder recorder = new UsageRecorder(claim.uuids(), Instant.now());
            BudgetWatch watch = claim.isShared() ? new BudgetWatch(claim.lease(), claim.share().budget()) : null;
            return new Sampled(claim.uuids(), recorder, watch);
        }
    }

    private final Function<String, Reading> look;
    private final ProcessLeases owners;
    private final Consumer<OverBudget> overBudget;
    private final Duration period;
    private final Map<String, Sampled> leases = new LinkedHashMap<>();
    private final Lock round = new ReentrantLock();
    private final ScheduledThreadPoolExecutor timer;
    private ScheduledFuture<?> rounds;

    /** @param overBudget is told of leases that use more of a shared device than they promised; mustn't block */
    Sampler(
            @NonNull Function<String, Reading> look,
            @NonNull ProcessLeases owners,
            @NonNull Consumer<OverBudget> overBudget,
            @NonNull Duration period) {
        this.look = look;
        this.owners = owners;
        this.overBudget = overBudget;
        this.period = period;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gpu-lease sampler");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Does nothing for a lease that is sampled already. */
    void start(@NonNull Claim claim, @NonNull Collection<Reading> first) {
        Sampled sampled = Sampled.of(claim);
        synchronized (this) {
            if (leases.putIfAbsent(claim.lease(), sampled) != null) {
                return;
            }
            if (rounds == null) {
                rounds = timer.scheduleAtFixedRate(this::sample, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
        first.forEach(reading -> record(reading, Map.of(claim.lease(), sampled)));
    }

    /** @return what was recorded; unknown if the lease isn't sampled */
    @NonNull
    LeaseUsage stop(@NonNull String lease, @NonNull Collection<Reading> last) {
        Sampled sampled;
        synchronized (this) {
            sampled = leases.remove(lease);
            if (leases.isEmpty() && rounds != null) {
                rounds.cancel(false);
                rounds = null;
            }
        }
        if (sampled == null) {
            return LeaseUsage.UNKNOWN;
        }
        last.forEach(reading -> record(reading, Map.of(lease, sampled)));
        synchronized (this) {
            return sampled.recorder().finish(Instant.now());
        }
    }

    private void sample() {
        round.lock();
        try {
            for (String uuid : devices()) {
                record(look.apply(uuid), sampled(uuid));
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

    private synchronized Map<String, Sampled> sampled(String uuid) {
        Map<String, Sampled> sampled = new LinkedHashMap<>(leases);
        sampled.values().removeIf(lease -> !lease.uuids().contains(uuid));
        return sampled;
    }

    /** Whoever shares the device gets their part, the others all of it. Processes are asked outside the monitor. */
    private void record(Reading reading, Map<String, Sampled> sampled) {
        List<String> sharing = sampled.keySet().stream().filter(lease -> sampled.get(lease).watch() != null).toList();
        Attribution attribution = sharing.isEmpty() ? null : new Attribution(reading, owners, sharing);
        synchronized (this) {
            sampled.forEach((lease, each) -> {
                if (each.watch() == null) {
                    each.recorder().record(reading);
                } else {
                    each.recorder().record(attribution.readingOf(lease));
                    each.watch().look(reading.uuid(), attribution.of(lease), reading.takenAt()).ifPresent(overBudget);
                }
            });
        }
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
