package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.TestClock;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Random operations on a table with several nodes, and what is known about each request. */
final class Storm {

    static final int MAX_OVERTAKES = 3;
    private static final int NODES = 3;

    /** More wait for nothing but time. */
    private static final int MAX_WAITERS = 40;

    final Queue<String> violations = new ConcurrentLinkedQueue<>();
    final StormCustodian custodian;
    final LeaseTable table;

    private final TestClock clock = TestClock.standing();
    private final StormNodes nodes;
    private final FloatingStorm floating;

    private final Map<String, AtomicInteger> told = new ConcurrentHashMap<>();
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    private final AtomicInteger ids = new AtomicInteger();

    Storm(long seed, Executor executor) {
        custodian = new StormCustodian(seed, executor, violations);
        table = new LeaseTable(new BestPlacement(), custodian, executor, clock, MAX_OVERTAKES);
        floating = new FloatingStorm(this, table, NODES);
        nodes = new StormNodes(table, NODES);
    }

    static String name(int node) {
        return "agent-" + node;
    }

    // ---- operations

    void step(Random random) {
        int dice = random.nextInt(100);
        int node = random.nextInt(NODES);
        if (dice < 20 && table.waiterCount() < MAX_WAITERS) {
            request(random, name(node), null);
        } else if (dice < 36 && table.waiterCount() < MAX_WAITERS) {
            String id = "f" + ids.incrementAndGet();
            told.put(id, new AtomicInteger());
            floating.request(random, id, devices(random, 4));
        } else if (dice < 44) {
            lease(random, node).ifPresent(parent -> request(random, parent.node(), parent.id()));
        } else if (dice < 62) {
            lease(random, node).ifPresent(lease -> table.release(lease.id()));
        } else if (dice < 68) {
            floating.step(random);
        } else if (dice < 76) {
            waiter(random, node).ifPresent(this::cancel);
        } else if (dice < 82) {
            table.observe(name(node), nodes.verdicts(random, node));
        } else if (dice < 88) {
            custodian.answerOne();
        } else if (dice < 93) {
            nodes.change(random, node);
        } else if (dice < 95) {
            adopt(random, node);
        } else if (dice < 96) {
            table.setUnreachable(name(node), "storm: offline");
        } else {
            seldom(random, node);
        }
    }

    private void seldom(Random random, int node) {
        switch (random.nextInt(10)) {
            case 0 -> nodes.remove(node);
            case 1, 2 -> table.pause();
            case 3, 4, 5 -> table.resume();
            case 6 -> clock.pass(Duration.ofMinutes(random.nextInt(20)));
            default -> waiter(random, node).ifPresent(id -> {
                if (table.explain(id).size() > 12) {
                    violations.add("explanation is too long: " + table.explain(id));
                }
            });
        }
    }

    private void request(Random random, String node, String parent) {
        String id = "r" + ids.incrementAndGet();
        told.put(id, new AtomicInteger());
        DeviceRequest devices = devices(random, parent == null ? 4 : 2);
        LeaseRequest request = new LeaseRequest(id, node, devices, new Holder(id, "build " + id), random.nextInt(3), parent,
                random.nextInt(5) == 0);
        table.request(request, new GrantListener() {
            @Override
            public void onGranted(Lease lease) {
                told.get(id).incrementAndGet();
            }

            @Override
            public void onFailed(LeaseFailure failure) {
                told.get(id).incrementAndGet();
            }
        });
    }

    private static DeviceRequest devices(Random random, int most) {
        DeviceRequest devices = DeviceRequest.of(1 + random.nextInt(most))
                .withModel(random.nextInt(4) == 0 ? "H100" : null)
                .withMinMemory(random.nextInt(6) == 0 ? MemorySize.parse("40 GB") : null);
        return random.nextInt(3) == 0
                ? devices.withMinMemory(MemorySize.ofMib(2_000 << random.nextInt(5))).withShared(true)
                : devices;
    }

    private void cancel(String id) {
        if (table.cancel(id)) {
            cancelled.add(id);
        }
    }

    /** One at a time: else an enclosing lease could come after, but with other devices than, its sub-lease. */
    private synchronized void adopt(Random random, int node) {
        NodeView view = table.view(name(node)).orElse(null);
        if (view == null || view.devices().isEmpty()) {
            return;
        }
        String id = "a" + ids.incrementAndGet();
        Device device = view.devices().get(random.nextInt(view.devices().size())).device();
        try {
            table.adopt(new Lease(id, name(node), List.of(device), null, new Holder(id, "build " + id),
                    random.nextBoolean() ? null : "a" + random.nextInt(ids.get()), Gpus.SCANNED, Gpus.SCANNED));
        } catch (IllegalStateException e) {
            if (table.lease(id).isPresent()) {
                violations.add("refused and there: " + id);
            }
        }
    }

    private Optional<Lease> lease(Random random, int node) {
        return table.view(name(node)).map(NodeView::leases).flatMap(leases -> pick(random, leases));
    }

    private Optional<String> waiter(Random random, int node) {
        return Optional.of(random.nextBoolean()
                        ? table.floating()
                        : table.view(name(node)).map(NodeView::waiters).orElse(List.of()))
                .flatMap(waiters -> pick(random, waiters))
                .map(waiter -> waiter.request().id());
    }

    private static <T> Optional<T> pick(Random random, List<T> list) {
        return list.isEmpty() ? Optional.empty() : Optional.of(list.get(random.nextInt(list.size())));
    }

    // ---- the end

    /** From here on nothing goes wrong any more, and all nodes are whole. */
    void calmDown() {
        custodian.calmDown();
        custodian.answerAll();
        table.resume();
        clock.pass(Duration.ofMinutes(1)); // what was shunned is tried again
        floating.calmDown();
        nodes.calmDown();
    }

    /** What brings an end nearer without taking anything from those that wait. */
    void letFinish() {
        custodian.answerAll();
        floating.letFinish();
        for (NodeView view : table.views()) {
            view.leases().forEach(lease -> table.release(lease.id()));
            view.devices().forEach(device ->
                    table.observe(view.node(), Map.of(device.device().uuid(), Verdict.CLEAN)));
        }
    }

    /** Those that aren't bound to a node, and why they wait. */
    String whoWaits() {
        return table.floating().stream()
                .map(waiter -> waiter + ": " + table.explain(waiter.request().id()))
                .collect(Collectors.joining("; "));
    }

    boolean isQuiet() {
        return table.leaseCount() == 0
                && table.waiterCount() == 0
                && table.views().stream().allMatch(view -> view.count(DeviceState.IDLE) == 4 && view.devices().size() == 4)
                && told.entrySet().stream().allMatch(entry -> ends(entry.getKey(), false) == 1);
    }

    private int ends(String id, boolean waits) {
        return (FloatingStorm.isFloating(id) ? cancelled.contains(id) ? 0 : floating.ends(id, waits) : told.get(id).get()) + (cancelled.contains(id) ? 1 : 0);
    }

    // ---- checks

    void checkViews() {
        for (NodeView view : table.views()) {
            violations.addAll(ViewInvariants.violations(view, MAX_OVERTAKES));
        }
        floating.check();
    }

    /** Only while nothing is under way: every request waits, or has ended once. */
    void checkRequests() {
        Set<String> waiting = ConcurrentHashMap.newKeySet();
        table.floating().forEach(waiter -> waiting.add(waiter.request().id()));
        table.views().forEach(view -> view.waiters().forEach(waiter -> waiting.add(waiter.request().id())));
        if (waiting.size() != table.waiterCount()) {
            violations.add("waiters in views: " + waiting.size() + ", counted: " + table.waiterCount());
        }
        for (String id : told.keySet()) {
            int ends = ends(id, waiting.contains(id)) + (waiting.contains(id) ? 1 : 0);
            if (ends != 1) {
                violations.add(id + " ended " + ends(id, waiting.contains(id)) + " times, waits: " + waiting.contains(id));
            }
        }
    }

    /** Only while nothing is under way, not even what is overdue. */
    void checkNobodyWaitsInVain() {
        floating.checkNobodyWaitsInVain();
    }

    /** At the very end: nothing is locked, and no id is in use. */
    void checkNothingIsLeft() {
        if (!custodian.locks().isEmpty()) {
            violations.add("still locked: " + custodian.locks());
        }
        table.pause();
        for (String id : List.copyOf(told.keySet())) {
            table.request(
                    new LeaseRequest(id, name(0), DeviceRequest.of(1), new Holder(id, id), 0, null, false),
                    new GrantListener() {
                        @Override
                        public void onGranted(Lease lease) {
                            violations.add("granted while paused: " + lease.id());
                        }

                        @Override
                        public void onFailed(LeaseFailure failure) {
                            violations.add("failed: " + failure);
                        }
                    });
            table.cancel(id);
        }
    }
}
