package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.lease.StormExecutors.Label;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The part of a storm that isn't bound to nodes: requests, tasks that start or don't, executors and labels that change. */
final class FloatingStorm {

    private final Storm storm;
    private final LeaseTable table;
    private final int nodes;
    private final StormExecutors executors;
    private final Map<String, Label> labels = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> grants = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> failures = new ConcurrentHashMap<>();
    private final Map<String, Integer> started = new ConcurrentHashMap<>();
    private final Set<String> declined = ConcurrentHashMap.newKeySet();

    FloatingStorm(Storm storm, LeaseTable table, int nodes) {
        this.storm = storm;
        this.table = table;
        this.nodes = nodes;
        this.executors = new StormExecutors(nodes);
    }

    static boolean isFloating(String id) {
        return id.startsWith("f");
    }

    void request(Random random, String id, DeviceRequest devices) {
        Label label = new Label(executors, 1 + random.nextInt((1 << nodes) - 1), random.nextInt(4) == 0);
        labels.put(id, label);
        grants.put(id, new AtomicInteger());
        failures.put(id, new AtomicInteger());
        LeaseRequest request = new LeaseRequest(
                id, null, devices, new Holder(id, "build " + id), random.nextInt(3), null, random.nextInt(5) == 0);
        table.requestAnywhere(request, label, new GrantListener() {
            @Override
            public void onGranted(Lease lease) {
                grants.get(id).incrementAndGet();
            }

            @Override
            public void onFailed(LeaseFailure failure) {
                failures.get(id).incrementAndGet();
            }
        });
    }

    void step(Random random) {
        int node = random.nextInt(nodes);
        int dice = random.nextInt(10);
        switch (dice) {
            case 0, 1, 2, 3 -> unstarted(node).filter(lease -> executors.isIdle(node)).ifPresent(lease -> start(lease, node));
            case 4, 5 -> unstarted(node).ifPresent(this::decline);
            case 6 -> table.started("f" + random.nextInt(1_000));
            case 7 -> executors.hide(node, random.nextInt(4) == 0);
            case 8 -> executors.takeOne(node); // somebody else's task, of which the table isn't told
            default -> executors.setOthers(node, random.nextInt(StormExecutors.EXECUTORS + 1));
        }
        endTasks();
        if (dice != 8) {
            table.roomChanged(List.of(Storm.name(node)));
        }
    }

    private Optional<Lease> unstarted(int node) {
        return table.view(Storm.name(node)).flatMap(view -> view.leases().stream()
                .filter(lease -> isFloating(lease.id()) && !started.containsKey(lease.id()))
                .findAny());
    }

    private void start(Lease lease, int node) {
        if (started.putIfAbsent(lease.id(), node) == null) {
            executors.start(node);
            table.started(lease.id());
        }
    }

    private void decline(Lease lease) {
        if (table.decline(lease, "storm: the executor was taken")) {
            declined.add(lease.id());
        }
    }

    /** Tasks whose lease has ended end. */
    private void endTasks() {
        for (String id : List.copyOf(started.keySet())) {
            if (table.lease(id).isEmpty()) {
                Integer node = started.remove(id);
                if (node != null) {
                    executors.end(node);
                    table.roomChanged(List.of(Storm.name(node)));
                }
            }
        }
    }

    void calmDown() {
        executors.complete();
        for (int node = 0; node < nodes; node++) {
            executors.hide(node, false);
            executors.setOthers(node, 0);
            table.roomChanged(List.of(Storm.name(node)));
        }
    }

    void letFinish() {
        endTasks();
        for (int node = 0; node < nodes; node++) {
            table.observe(Storm.name(node), Map.of());
            table.roomChanged(List.of(Storm.name(node)));
        }
    }

    /** How often a request has ended so far; one that was granted and waits again hasn't. */
    int ends(String id, boolean waits) {
        int failed = failures.get(id).get();
        return failed > 0 ? failed : !waits && grants.get(id).get() > 0 ? 1 : 0;
    }

    // ---- checks

    void check() {
        for (NodeView view : table.views()) {
            long tasks = view.leases().stream().filter(lease -> isFloating(lease.id())).count();
            if (tasks > StormExecutors.EXECUTORS + 1) { // one may be ahead of its room
                storm.violations.add(view.node() + " has room for " + StormExecutors.EXECUTORS + ", but " + tasks + " leases");
            }
        }
        for (WaiterView waiter : table.floating()) {
            if (waiter.overtaken() < 0 || waiter.overtaken() > Storm.MAX_OVERTAKES) {
                storm.violations.add("overtaken too often: " + waiter);
            }
        }
    }

    /** Only while nothing is under way: who could be served would be, unless devices are kept for somebody, or it left them out. */
    void checkNobodyWaitsInVain() {
        List<WaiterView> floating = table.floating();
        for (NodeView view : table.views()) {
            List<WaiterView> bound = view.waiters().stream()
                    .filter(waiter -> waiter.request().parentLease() == null)
                    .toList();
            if (isKeptFor(bound) || isKeptFor(floating)) {
                continue;
            }
            bound.forEach(waiter -> checkWaits(waiter, view));
            long expected = view.leases().stream()
                    .filter(lease -> isFloating(lease.id()) && !started.containsKey(lease.id()))
                    .count();
            floating.stream()
                    .filter(waiter -> !declined.contains(waiter.request().id()))
                    .filter(waiter -> labels.get(waiter.request().id()).room(view.node()) > expected)
                    .forEach(waiter -> checkWaits(waiter, view));
        }
    }

    private static boolean isKeptFor(List<WaiterView> waiters) {
        return waiters.stream().anyMatch(waiter -> waiter.overtaken() >= Storm.MAX_OVERTAKES);
    }

    private void checkWaits(WaiterView waiter, NodeView view) {
        if (table.hasIdle(view.node(), waiter.request().devices())) {
            storm.violations.add(waiter + " could be served on " + view + "; " + table.explain(waiter.request().id()));
        }
    }
}
