package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The host-wide locks as verdicts on devices: one that another holder has locked is occupied. Claims that share a device share its
 * lock. Thread-safe.
 */
final class DeviceLocks implements Closeable {

    private static final Logger LOGGER = Logger.getLogger(DeviceLocks.class.getName());

    private final HostLocks locks;

    /** Devices that were found locked by others; where host coordination is off there never are any. */
    private final Set<String> lockedByOthers = ConcurrentHashMap.newKeySet();

    DeviceLocks(@NonNull HostLocks locks) {
        this.locks = locks;
    }

    /**
     * Locks all devices of a claim, or none.
     *
     * @return a verdict for each device that another holder has; empty if all are locked
     */
    @NonNull
    Map<String, Verdict> lockAll(@NonNull Claim claim) throws ProbeException {
        if (!claim.hostLock()) {
            return new LinkedHashMap<>();
        }
        try {
            return occupied(lock(claim, claim.uuids()));
        } catch (IOException e) {
            throw new ProbeException("Devices can't be locked on this host: " + e.getMessage(), e);
        }
    }

    private Map<String, String> lock(Claim claim, List<String> uuids) throws IOException {
        return claim.isShared()
                ? locks.tryLockShared(claim.lease(), claim.holder(), uuids)
                : locks.tryLock(claim.lease(), claim.holder(), uuids);
    }

    /**
     * Locks the devices of a claim that nobody else has.
     *
     * @return a verdict for each device that another holder has
     */
    @NonNull
    Map<String, Verdict> lockWhatIsFree(@NonNull Claim claim) {
        try {
            Map<String, Verdict> conflicts = lockAll(claim);
            List<String> free = claim.uuids().stream().filter(uuid -> !conflicts.containsKey(uuid)).toList();
            if (claim.hostLock() && free.size() < claim.uuids().size()) {
                conflicts.putAll(occupied(lock(claim, free)));
            }
            return conflicts;
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Lease " + claim.lease() + " goes on without its host-wide locks");
            return new LinkedHashMap<>();
        }
    }

    /** Idempotent. */
    void unlock(@NonNull Claim claim) {
        locks.unlock(claim.lease());
    }

    /**
     * Looks again at devices that others had locked.
     *
     * @return a verdict for each one that they still have
     */
    @NonNull
    Map<String, Verdict> stillLockedByOthers(@NonNull List<String> uuids) {
        List<String> suspects = uuids.stream().filter(lockedByOthers::contains).toList();
        try {
            Map<String, String> holders = locks.holders(suspects);
            suspects.stream().filter(uuid -> !holders.containsKey(uuid)).forEach(lockedByOthers::remove);
            return occupied(holders);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "Can't tell which devices others have locked", e);
            return Map.of();
        }
    }

    /** Locks anew what somebody deleted. */
    void revalidate() {
        locks.revalidate();
    }

    private Map<String, Verdict> occupied(Map<String, String> holders) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        holders.forEach((uuid, holder) -> verdicts.put(uuid, Verdict.occupied("leased on this host by " + holder, List.of())));
        lockedByOthers.addAll(verdicts.keySet());
        return verdicts;
    }

    @Override
    public void close() {
        locks.close();
    }
}
