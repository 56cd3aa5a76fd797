package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.placement.Choice;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import io.jenkins.plugins.gpulease.engine.probe.Claim;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.TakenBack;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes devices of this host for one lease and gives them back. The host-wide locks are this process's own, so they go when it
 * does; the probe only verifies and samples.
 */
final class HostLeasing {

    private final Probe probe;
    private final HostLocks locks;
    private final Placement placement;
    private final String lease;
    private final String holder;

    /**
     * @param lease its id
     * @param holder for people on this host
     */
    HostLeasing(
            @NonNull Probe probe, @NonNull HostLocks locks, @NonNull Placement placement, @NonNull String lease, @NonNull String holder) {
        this.probe = probe;
        this.locks = locks;
        this.placement = placement;
        this.lease = lease;
        this.holder = holder;
    }

    /** Tries devices until enough are free and clean, or no others are left. Doesn't wait. */
    @NonNull
    Attempt attempt(@NonNull DeviceRequest request, @NonNull Inventory inventory) throws IOException {
        Set<String> idle = new LinkedHashSet<>(inventory.leasable().stream().map(Device::uuid).toList());
        Map<String, String> obstacles = new LinkedHashMap<>();
        for (Map.Entry<String, String> locked : locks.holders(idle).entrySet()) {
            obstacles.put(locked.getKey(), "leased by " + locked.getValue());
        }
        while (true) {
            idle.removeAll(obstacles.keySet());
            Optional<List<Device>> chosen = placement.choose(request, inventory, idle).map(Choice::devices);
            if (chosen.isEmpty()) {
                return new Attempt(List.of(), obstacles);
            }
            Map<String, String> faults = take(chosen.get(), request);
            if (faults.isEmpty()) {
                return new Attempt(chosen.get(), obstacles);
            }
            obstacles.putAll(faults);
        }
    }

    /** Locks, then verifies; if any device fails, none stays locked. */
    private Map<String, String> take(List<Device> devices, DeviceRequest request) throws IOException {
        Claim claim = claim(devices, request);
        Map<String, String> faults = new LinkedHashMap<>();
        locks.tryLock(lease, holder, claim.uuids()).forEach((uuid, other) -> faults.put(uuid, "leased by " + other));
        if (!faults.isEmpty()) {
            return faults;
        }
        boolean taken = false;
        try {
            Map<String, Verdict> verdicts = probe.handOut(claim);
            verdicts.forEach((uuid, verdict) -> {
                if (!verdict.isClean()) {
                    faults.put(uuid, verdict.reason());
                }
            });
            taken = faults.isEmpty();
        } finally {
            if (!taken) {
                locks.unlock(lease);
            }
        }
        return faults;
    }

    private Claim claim(List<Device> devices, DeviceRequest request) {
        return new Claim(lease, holder, devices.stream().map(Device::uuid).toList(), request.minMemory(), true, false);
    }

    /** Gives devices back; they are unlocked whatever happens. */
    @NonNull
    TakenBack giveBack(@NonNull List<Device> devices, @NonNull DeviceRequest request) throws IOException {
        try {
            return probe.takeBack(claim(devices, request));
        } finally {
            locks.unlock(lease);
        }
    }
}
