package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.Choice;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Who comes, who goes, and who is served when something has changed. Between two changes nobody waits who could be served, so
 * each change looks only at what it changed: one node, or who has just come. Called under the registry's lock.
 */
final class Serving implements Returns.Beneficiary {

    private final Registry registry;
    private final Placement placement;
    private final Offers offers;
    private final Floating floating;
    private final Possibility possibility;
    private final Explanations explanations;

    Serving(Registry registry, Placement placement, Custodian custodian) {
        this.registry = registry;
        this.placement = placement;
        this.offers = new Offers(registry, custodian, this);
        this.floating = new Floating(registry);
        this.possibility = new Possibility(registry);
        this.explanations = new Explanations(registry, placement);
    }

    Returns returns() {
        return offers.returns();
    }

    Floating floating() {
        return floating;
    }

    Explanations explanations() {
        return explanations;
    }

    // ---- requests

    /** Puts a request into its order, or fails it at once. */
    void enter(Waiter waiter) {
        registry.touch(waiter);
        if (isPossible(waiter)) {
            registry.waiters().put(waiter.request().id(), waiter);
            waiter.order().enter(waiter);
            lineUp(waiter);
            serve(waiter.isFloating() ? List.of() : List.of(waiter.pool()));
        }
    }

    /** One that floats is looked at if nobody who is alike waits before it; else nothing that is idle suits it. */
    private void lineUp(Waiter waiter) {
        waiter.order().lineUp(waiter);
        if (waiter.isFloating() && !registry.isPaused()) {
            if (waiter.line().first() == waiter) {
                round(floating.openTo(waiter.line()), waiter);
            }
            failIfImpatient(waiter);
        }
    }

    /** Takes a request out of its order and does with it what its end asks for; false if it isn't there. */
    boolean leave(String requestId, Consumer<Waiter> end) {
        Waiter waiter = registry.waiters().get(requestId);
        if (waiter != null) {
            Holding offer = waiter.offer();
            returns().withdraw(waiter);
            end.accept(waiter);
            serve(!waiter.isFloating() ? List.of(waiter.pool()) : offer != null ? List.of(offer.from()) : List.of());
        }
        return waiter != null;
    }

    @Override
    public void waitAgain(Waiter waiter) {
        if (registry.waiters().get(waiter.request().id()) == waiter && isPossible(waiter)) {
            lineUp(waiter);
        }
    }

    private boolean isPossible(Waiter waiter) {
        Optional<String> obstacle = possibility.obstacle(waiter);
        obstacle.ifPresent(message -> registry.fail(waiter, LeaseFailure.Kind.IMPOSSIBLE, message));
        return obstacle.isEmpty();
    }

    /** Fails those who can't ever be served by what the node has now, and serves the others. */
    void reconsider(NodePool node) {
        for (DevicePool pool : node.pools()) {
            List.copyOf(pool.waiting().lines()).forEach(this::failUnlessPossible);
        }
        reconsiderFloating();
        serve(node);
    }

    void reconsiderFloating() {
        List.copyOf(floating.lines()).forEach(this::failUnlessPossible);
    }

    private void failUnlessPossible(Line line) {
        possibility.obstacle(line.first()).ifPresent(message ->
                line.members().forEach(waiter -> registry.fail(waiter, LeaseFailure.Kind.IMPOSSIBLE, message)));
    }

    /** The order's rules have changed. */
    void sortAnew() {
        registry.nodes().values().forEach(node -> node.pools().forEach(pool -> pool.waiting().sortAnew()));
        floating.order().sortAnew();
        serveAll();
    }

    // ---- nodes

    /** Takes what {@link LeaseTable#observe} is told. */
    void observe(NodePool node, Map<String, Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            tryShunnedAgain(node);
        } else {
            node.observe(verdicts);
            serve(node);
        }
    }

    /** Offers again what was shunned for long enough, or what is kept for somebody whose room may be gone; else changes nothing. */
    private void tryShunnedAgain(NodePool node) {
        Instant now = registry.now();
        for (DevicePool pool : node.pools()) {
            if (pool.tryShunnedAgain(now) || pool == node.root() && floating.isKeptAt(node)) {
                registry.touch(node);
                serve(pool);
            }
        }
    }

    /** @param reason why a person takes a device out of service; null to put it back */
    void drain(String uuid, @CheckForNull String reason) {
        registry.drains().set(uuid, reason);
        for (NodePool node : registry.nodes().values()) {
            if (registry.drains().apply(node.slots().all())) {
                serve(node);
            }
        }
    }

    /** A node has gone for good. */
    void removed(NodePool node) {
        registry.touch(node);
        returns().endAll(node);
        node.root().tryShunnedAgain(Instant.MAX); // a node that comes back under its name knows nothing of that
        floating.note(node);
        reconsiderFloating();
        serve(List.of());
    }

    /** A task of a request that floated runs. */
    void started(String leaseId) {
        Holding lease = registry.holdings().get(leaseId);
        if (lease != null && lease.is(Holding.Phase.LEASED) && lease.isExpected()) {
            lease.started();
            serve(lease.from());
        }
    }

    void roomChanged(Collection<String> names) {
        reconsiderFloating();
        List<DevicePool> roots = new ArrayList<>();
        for (String name : names) {
            NodePool node = registry.nodes().get(name);
            if (node != null) {
                roots.add(node.root());
            }
        }
        serve(roots);
    }

    void serveAll() {
        List<DevicePool> roots = new ArrayList<>();
        for (NodePool node : registry.nodes().values()) {
            registry.touch(node);
            roots.add(node.root());
            node.pools().stream().filter(DevicePool::isOfLease).forEach(this::serve);
        }
        serve(roots);
        if (!registry.isPaused()) {
            floating.order().impatient().forEach(this::failIfImpatient);
        }
    }

    void serve(NodePool node) {
        registry.touch(node);
        node.pools().forEach(this::serve);
    }

    // ---- serving

    @Override
    public void serve(DevicePool pool) {
        serve(List.of(pool));
    }

    /** Serves who waits for some pools and, if that ends what was kept elsewhere, who waits there. */
    private void serve(Collection<DevicePool> pools) {
        Collection<DevicePool> next = pools;
        do {
            if (!next.isEmpty()) {
                round(next, null);
            }
            next = floating.order().takeGivenUp();
        } while (!next.isEmpty());
    }

    /** @param last nobody behind it is looked at; null for everybody */
    private void round(Collection<DevicePool> pools, @CheckForNull Waiter last) {
        if (!registry.isPaused()) {
            List<Stand> stands = new ArrayList<>(pools.size());
            for (DevicePool pool : pools) {
                open(pool, stands);
            }
            if (!stands.isEmpty()) {
                Collection<Line> lines = floating.linesFor(pools);
                new Turns(placement, floating::keeps, this::offer, stands).take(lines, last);
                stands.forEach(stand -> failIncomparable(stand.pool().waiting()));
                failIncomparable(floating.order());
            }
            for (DevicePool pool : pools) {
                pool.waiting().impatient().forEach(this::failIfImpatient);
            }
        }
        for (DevicePool pool : pools) {
            if (!pool.isOfLease()) {
                floating.note(pool.node());
            }
        }
    }

    private void open(DevicePool pool, List<Stand> stands) {
        if (pool.waiting().isEmpty() && floating.order().isEmpty()) {
            return;
        }
        if (pool.isShunned()) {
            pool.tryShunnedAgain(registry.now());
        }
        if (pool.node().obstacle() == null && !pool.node().isRemoved()) {
            Supply supply = pool.supply(pool.waiting().isSharing() || floating.order().isSharing());
            if (!supply.isEmpty()) {
                stands.add(new Stand(pool, supply));
            }
        }
    }

    private void offer(Waiter waiter, DevicePool pool, Choice choice, List<Waiter> overtaken) {
        waiter.order().stepOut(waiter);
        offers.offer(waiter, pool, choice.devices(), overtaken);
    }

    private void failIfImpatient(Waiter waiter) {
        if (waiter.request().onlyIfIdle() && !waiter.isOffered()) {
            registry.fail(waiter, LeaseFailure.Kind.BUSY, explanations.whyBusy(waiter));
        }
    }

    private void failIncomparable(WaitingOrder order) {
        if (!order.hasFault()) {
            return;
        }
        for (Line line : List.copyOf(order.lines())) {
            if (line.fault() != null) {
                line.members().forEach(waiter -> registry.fail(
                        waiter, LeaseFailure.Kind.IMPOSSIBLE, Possibility.incomparable(waiter, line.fault())));
            }
        }
    }
}
