package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What holds of every view, at any time. */
final class ViewInvariants {

    private final NodeView view;
    private final int maxOvertakes;
    private final Map<String, Lease> leases = new HashMap<>();
    private final Map<String, String> holders = new HashMap<>();
    private final Map<String, List<Lease>> sharers = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    private ViewInvariants(NodeView view, int maxOvertakes) {
        this.view = view;
        this.maxOvertakes = maxOvertakes;
    }

    static List<String> violations(NodeView view, int maxOvertakes) {
        ViewInvariants invariants = new ViewInvariants(view, maxOvertakes);
        view.leases().forEach(lease -> invariants.leases.put(lease.id(), lease));
        invariants.noDeviceIsInTwoLeases();
        invariants.devicesAgreeWithLeases();
        invariants.sharedDevicesAreNeitherMixedNorOverfull();
        invariants.waitersAreNumberedAndNotOvertakenTooOften();
        return invariants.violations;
    }

    private void noDeviceIsInTwoLeases() {
        Map<String, Set<String>> taken = new HashMap<>();
        for (Lease lease : view.leases()) {
            Lease parent = leases.get(String.valueOf(lease.parentLease()));
            Set<String> siblings = taken.computeIfAbsent(parent == null ? "" : parent.id(), none -> new HashSet<>());
            for (String uuid : lease.uuids()) {
                check(siblings.add(uuid) || lease.shared() && sharers.containsKey(uuid), uuid + " is in two leases, one is " + lease.id());
                check(parent == null || parent.uuids().contains(uuid), uuid + " of " + lease.id() + " isn't its parent's");
                if (parent == null) {
                    holders.put(uuid, lease.id());
                }
                if (lease.shared()) {
                    sharers.computeIfAbsent(uuid, none -> new ArrayList<>()).add(lease);
                }
            }
        }
    }

    private void devicesAgreeWithLeases() {
        Set<String> seen = new HashSet<>();
        for (DeviceView device : view.devices()) {
            String uuid = device.device().uuid();
            check(seen.add(uuid), uuid + " is there twice");
            String holder = holders.remove(uuid);
            boolean leased = device.state() == DeviceState.LEASED;
            check(leased == (holder != null), uuid + " is " + device.state() + " but held by " + holder);
            check(!leased || device.sharing() != null || device.lease().equals(holder), uuid + " is of " + device.lease() + " but held by " + holder);
            check(device.state() != DeviceState.IDLE || device.device().health().isOk(), uuid + " is idle but sick");
        }
        check(holders.isEmpty(), "leased but not there: " + holders);
    }

    private void sharedDevicesAreNeitherMixedNorOverfull() {
        for (DeviceView device : view.devices()) {
            String uuid = device.device().uuid();
            List<Lease> leases = sharers.getOrDefault(uuid, List.of());
            check(leases.isEmpty() || device.sharing() != null, uuid + " is shared, and nobody says so");
            if (device.sharing() != null) {
                MemorySize granted = leases.stream().map(Lease::budget).reduce(MemorySize.ZERO, MemorySize::plus);
                Sharing sharing = device.sharing();
                check(sharing.leases().containsAll(leases.stream().map(Lease::id).toList()), uuid + " lacks a lease: " + sharing);
                check(sharing.promised().isAtLeast(granted), uuid + " promises less than was granted: " + sharing);
                check(device.device().memory().minus(LeaseTable.DEFAULT_MARGIN).isAtLeast(sharing.promised()),
                        uuid + " promises more than there is: " + sharing);
            }
        }
    }

    private void waitersAreNumberedAndNotOvertakenTooOften() {
        int place = 0;
        for (WaiterView waiter : view.waiters()) {
            place = waiter.place() == 1 ? 1 : place + 1;
            check(waiter.place() == place && place <= waiter.of(), "wrong place: " + waiter);
            check(waiter.overtaken() >= 0 && waiter.overtaken() <= maxOvertakes, "overtaken too often: " + waiter);
            check(!leases.containsKey(waiter.request().id()), "waits and is leased: " + waiter);
        }
    }

    private void check(boolean holds, String violation) {
        if (!holds) {
            violations.add(violation);
        }
    }
}
