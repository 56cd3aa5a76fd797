package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.TestClock;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A table with one node, in one thread: each call here also runs whatever the table wants done on its executor. */
final class TableFixture {

    static final String NODE = "agent-1";

    final ScriptedCustodian custodian = new ScriptedCustodian();
    final ManualExecutor executor = new ManualExecutor();
    final LeaseTable table;

    private final Map<String, List<Object>> outcomes = new LinkedHashMap<>();
    private final TestClock clock = TestClock.standing();

    TableFixture() {
        this(LeaseTable.DEFAULT_MAX_OVERTAKES);
    }

    TableFixture(int maxOvertakes) {
        table = new LeaseTable(new BestPlacement(), custodian, executor, clock, maxOvertakes);
    }

    TableFixture with(Inventory inventory) {
        return with(NODE, inventory);
    }

    TableFixture with(String node, Inventory inventory) {
        table.setInventory(node, inventory);
        executor.runAll();
        return this;
    }

    /** A change of the table, and everything that follows from it. */
    void run(Runnable change) {
        change.run();
        executor.runAll();
    }

    void passTime(Duration duration) {
        clock.pass(duration);
    }

    static LeaseRequest asking(String id, int count) {
        return asking(id, DeviceRequest.of(count));
    }

    static LeaseRequest asking(String id, DeviceRequest devices) {
        return new LeaseRequest(id, NODE, devices, new Holder(id, "build " + id), 0, null, false);
    }

    static LeaseRequest urgent(String id, int count, int priority) {
        return new LeaseRequest(id, NODE, DeviceRequest.of(count), new Holder(id, "build " + id), priority, null, false);
    }

    static LeaseRequest inside(String parent, String id, int count) {
        return new LeaseRequest(id, NODE, DeviceRequest.of(count), new Holder(id, "build " + id), 0, parent, false);
    }

    static LeaseRequest onlyIfIdle(LeaseRequest request) {
        return new LeaseRequest(request.id(), request.node(), request.devices(), request.holder(), request.priority(),
                request.parentLease(), true);
    }

    void request(String id, int count) {
        request(asking(id, count));
    }

    void request(LeaseRequest request) {
        GrantListener listener = listener(request);
        run(() -> table.request(request, listener));
    }

    /** Asks for devices of any node. */
    void anywhere(String id, int count, Candidates candidates) {
        anywhere(floating(id, DeviceRequest.of(count)), candidates);
    }

    Instant now() {
        return clock.instant();
    }

    /** One that comes back to its old place. */
    void anywhereAgain(String id, Candidates candidates, Instant arrivedAt) {
        LeaseRequest request = floating(id, DeviceRequest.of(1));
        GrantListener listener = listener(request);
        run(() -> table.requestAnywhere(request, candidates, listener, arrivedAt));
    }

    void anywhere(LeaseRequest request, Candidates candidates) {
        GrantListener listener = listener(request);
        run(() -> table.requestAnywhere(request, candidates, listener));
    }

    static LeaseRequest floating(String id, DeviceRequest devices) {
        return new LeaseRequest(id, null, devices, new Holder(id, "build " + id), 0, null, false);
    }

    private GrantListener listener(LeaseRequest request) {
        List<Object> told = new ArrayList<>();
        outcomes.put(request.id(), told);
        return new GrantListener() {
            @Override
            public void onGranted(Lease lease) {
                told.add(lease);
            }

            @Override
            public void onFailed(LeaseFailure failure) {
                told.add(failure);
            }
        };
    }

    /** Ids of those that wait for any node. */
    List<String> floating() {
        return table.floating().stream().map(waiter -> waiter.request().id()).toList();
    }

    /** As often as it was granted, the nodes. */
    List<String> nodesOf(String id) {
        return outcomes(id).stream().map(lease -> ((Lease) lease).node()).toList();
    }

    CompletableFuture<Custodian.Returned> release(String id) {
        CompletableFuture<Custodian.Returned> returned = table.release(id).toCompletableFuture();
        executor.runAll();
        return returned;
    }

    boolean abandon(String id, LeaseFailure failure) {
        boolean abandoned = table.abandon(id, failure);
        executor.runAll();
        return abandoned;
    }

    boolean cancel(String id) {
        boolean cancelled = table.cancel(id);
        executor.runAll();
        return cancelled;
    }

    void answer() {
        custodian.answer();
        executor.runAll();
    }

    /** What the listener was told, all of it. */
    List<Object> outcomes(String id) {
        return outcomes.get(id);
    }

    boolean isGranted(String id) {
        return outcomes(id).size() == 1 && outcomes(id).get(0) instanceof Lease;
    }

    boolean isWaiting(String id) {
        return outcomes(id).isEmpty() && view().waiters().stream().anyMatch(waiter -> waiter.request().id().equals(id));
    }

    Lease granted(String id) {
        return (Lease) only(id);
    }

    LeaseFailure failure(String id) {
        return (LeaseFailure) only(id);
    }

    private Object only(String id) {
        if (outcomes(id).size() != 1) {
            throw new AssertionError("Request " + id + " should have ended once: " + outcomes(id));
        }
        return outcomes(id).get(0);
    }

    NodeView view() {
        return table.view(NODE).orElseThrow();
    }

    DeviceView device(int index) {
        return view().devices().stream()
                .filter(device -> device.device().uuid().equals("GPU-" + index))
                .findFirst()
                .orElseThrow();
    }

    DeviceState state(int index) {
        return device(index).state();
    }

    List<String> waiting() {
        return view().waiters().stream().map(waiter -> waiter.request().id()).toList();
    }

    String explanation(String id) {
        return String.join("\n", table.explain(id));
    }

    static Lease lease(String id, String parent, Device... devices) {
        Instant then = Instant.parse("2025-01-01T11:00:00Z");
        return new Lease(id, NODE, List.of(devices), null, new Holder(id, "build " + id), parent, then, then);
    }
}
