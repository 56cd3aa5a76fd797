package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.DeviceSource;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.host.HostFacts;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import io.jenkins.plugins.gpulease.engine.usage.ProcessLeases;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The probe's work, done in this process, on the caller's thread and without deadlines: a device that hangs makes its caller
 * hang. For NVML it runs in the probe's process; in others only with simulated devices.
 */
public final class ProbeService implements Probe {

    private static final Duration SAMPLING_PERIOD = Duration.ofSeconds(1);

    private final DeviceSource source;
    private final DeviceLocks locks;
    private final MemorySize idleMemory;
    private final EventLog events = new EventLog(System.currentTimeMillis());
    private final XidWatcher watcher;
    private final Examiner examiner;
    private final Leftovers leftovers;
    private final Sampler sampler;
    private final LiveClaims claims = new LiveClaims();
    private final Shares shares = new Shares();
    private final ProcessLeases owners;
    private final LeaseTurns turns = new LeaseTurns();

    /**
     * @param source is closed with the service
     * @param locks are dropped with the service
     */
    public ProbeService(@NonNull DeviceSource source, @NonNull HostLocks locks) {
        this(source, locks, Cleanliness.IDLE_MEMORY);
    }

    /** @param idleMemory what may be in use on a device that nobody uses */
    ProbeService(@NonNull DeviceSource source, @NonNull HostLocks locks, @NonNull MemorySize idleMemory) {
        this(source, locks, idleMemory, SAMPLING_PERIOD, new ProcessLeases());
    }

    ProbeService(
            @NonNull DeviceSource source,
            @NonNull HostLocks locks,
            @NonNull MemorySize idleMemory,
            @NonNull Duration samplingPeriod,
            @NonNull ProcessLeases owners) {
        this.owners = owners;
        this.idleMemory = idleMemory;
        this.source = source;
        this.locks = new DeviceLocks(locks);
        this.watcher = new XidWatcher(source, events);
        this.examiner = new Examiner(source, events.faults());
        this.leftovers = new Leftovers(examiner);
        this.sampler = new Sampler(examiner::read, owners, events::add, samplingPeriod);
    }

    /** Of the GPUs; what is added counts as well. */
    @NonNull
    Faults faults() {
        return events.faults();
    }

    @Override
    @NonNull
    public Inventory scan() {
        Inventory inventory = examiner.scan();
        if (inventory.status() == Inventory.Status.OK) {
            watcher.start();
        }
        return inventory;
    }

    @Override
    @NonNull
    public List<Reading> read(@NonNull List<String> uuids) {
        examiner.scanned();
        return uuids.stream().map(examiner::read).toList();
    }

    @Override
    @NonNull
    public Map<String, Verdict> handOut(@NonNull Claim claim) throws ProbeException {
        try (LeaseTurns.Turn turn = turns.await(claim.lease())) {
            claims.refuseOutdated(claim);
            Claim older = claims.endOlder(claim);
            if (older != null) {
                sampler.stop(older.lease(), List.of());
                shares.leave(older);
                locks.unlock(older);
            }
            return grant(claim);
        }
    }

    private Map<String, Verdict> grant(Claim claim) throws ProbeException {
        boolean granted = false;
        shares.enter(claim);
        try {
            Map<String, Verdict> verdicts = locks.lockAll(claim);
            Map<String, Reading> readings = lookAtOthers(claim, verdicts);
            readings.forEach((uuid, reading) -> verdicts.put(uuid, examiner.judge(reading, standard(claim, uuid))));
            granted = verdicts.values().stream().allMatch(Verdict::isClean);
            if (granted) {
                sampler.start(claim, readings.values());
                claims.add(claim);
            }
            return verdicts;
        } finally {
            if (!granted) {
                shares.leave(claim);
                locks.unlock(claim);
            }
        }
    }

    @Override
    @NonNull
    public Map<String, Verdict> adopt(@NonNull Claim claim) throws ProbeException {
        try (LeaseTurns.Turn turn = turns.await(claim.lease())) {
            claims.refuseOutdated(claim);
            return takeUp(claim);
        }
    }

    /** What a device is judged by when it is handed out. */
    private Standard standard(Claim claim, String uuid) {
        return claim.isShared()
                ? new SharedUse(shares.on(uuid, claim.lease()), claim.share(), idle(), owners)
                : new Cleanliness(claim.exclusive(), claim.minMemory(), idleMemory);
    }

    private Cleanliness idle() {
        return new Cleanliness(true, null, idleMemory);
    }

    private Map<String, Verdict> takeUp(Claim claim) {
        shares.enter(claim);
        Map<String, Verdict> verdicts = locks.lockWhatIsFree(claim);
        Map<String, Reading> readings = lookAtOthers(claim, verdicts);
        readings.forEach((uuid, reading) -> verdicts.put(uuid, examiner.judge(reading, Cleanliness.HEALTHY)));
        sampler.start(claim, readings.values());
        claims.add(claim);
        return verdicts;
    }

    /** Looks at the devices that have no verdict yet. */
    private Map<String, Reading> lookAtOthers(Claim claim, Map<String, Verdict> verdicts) {
        examiner.scanned();
        Map<String, Reading> readings = new LinkedHashMap<>();
        claim.uuids().stream()
                .sorted()
                .filter(uuid -> !verdicts.containsKey(uuid))
                .forEach(uuid -> readings.put(uuid, examiner.read(uuid)));
        return readings;
    }

    @Override
    @NonNull
    public TakenBack takeBack(@NonNull Claim claim) {
        try (LeaseTurns.Turn turn = turns.await(claim.lease())) {
            return claims.remove(claim) ? end(claim) : new TakenBack(Map.of(), LeaseUsage.UNKNOWN);
        }
    }

    private TakenBack end(Claim claim) {
        try {
            Map<String, Reading> readings = lookAtOthers(claim, Map.of());
            LeaseUsage usage = sampler.stop(claim.lease(), readings.values());
            // Unlocked last: whoever locks a device now must not be mistaken for something left over.
            return new TakenBack(leftovers.judge(readings, uuid -> standardOfReturn(claim, uuid)), usage);
        } finally {
            shares.leave(claim);
            locks.unlock(claim);
        }
    }

    /** Whoever is the last to share a device answers for all that is left there. */
    private Standard standardOfReturn(Claim claim, String uuid) {
        if (!claim.isShared()) {
            return new Cleanliness(claim.exclusive(), null, idleMemory);
        }
        List<Claim> neighbours = shares.on(uuid, claim.lease());
        return neighbours.isEmpty() ? idle() : new LeftBehind(claim.lease(), neighbours, owners);
    }

    @Override
    @NonNull
    public HostFacts host() {
        return HostFacts.ofThisHost();
    }

    @Override
    @NonNull
    public Status poll(long sinceEvent, @NonNull List<String> recheck) {
        sampler.awaitRound();
        locks.revalidate();
        examiner.scanned();
        Map<String, Verdict> verdicts = new LinkedHashMap<>(locks.stillLockedByOthers(recheck));
        for (String uuid : recheck) {
            verdicts.computeIfAbsent(uuid, free ->
                    examiner.judge(examiner.read(free), new SharedUse(shares.on(free, null), null, idle(), owners)));
        }
        return events.since(sinceEvent, verdicts);
    }

    @Override
    public void close() {
        sampler.close();
        watcher.close();
        locks.close();
        source.close();
    }
}
