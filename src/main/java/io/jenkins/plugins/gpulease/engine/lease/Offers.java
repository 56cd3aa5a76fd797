package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Holding.Phase;
import io.jenkins.plugins.gpulease.engine.placement.Feasibility;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How waiters get devices: who can be served is offered some, the custodian verifies them, and they are granted or set
 * aside. An answer belongs to its {@link Holding}, so one that comes late finds the phase changed and does no harm. Called
 * under the registry's lock.
 */
final class Offers implements Returns.Beneficiary {

    /** For so long a device that didn't suit a request, as for too little free memory, is left to others. */
    private static final Duration TRY_AGAIN = Duration.ofSeconds(30);

    private final Registry registry;
    private final Custodian custodian;
    private final int maxOvertakes;
    private final Returns returns;

    Offers(Registry registry, Custodian custodian, int maxOvertakes) {
        this.registry = registry;
        this.custodian = custodian;
        this.maxOvertakes = maxOvertakes;
        this.returns = new Returns(registry, custodian, this);
    }

    Returns returns() {
        return returns;
    }

    /** Puts a request into the order, or fails it at once. */
    void enter(Waiter waiter) {
        registry.touch(waiter.pool().node());
        if (isPossible(waiter)) {
            waiter.pool().enter(waiter);
            registry.waiters().put(waiter.request().id(), waiter);
            serve(waiter.pool());
        }
    }

    /** Takes a request out of the order and does with it what its end asks for; false if it isn't there. */
    boolean leave(String requestId, Consumer<Waiter> end) {
        Waiter waiter = registry.waiters().get(requestId);
        if (waiter != null) {
            returns.withdraw(waiter);
            end.accept(waiter);
            serve(waiter.pool());
        }
        return waiter != null;
    }

    /** Fails those that can't ever be served by what the node has now, and serves the others. */
    void reconsider(NodePool node) {
        for (DevicePool pool : node.pools()) {
            List.copyOf(pool.order()).stream()
                    .filter(waiter -> !waiter.isOffered())
                    .forEach(this::isPossible);
        }
        serve(node);
    }

    /** Takes what {@link LeaseTable#observe} is told. */
    void observe(NodePool node, Map<String, Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            tryShunnedAgain(node);
        } else {
            node.observe(verdicts);
            serve(node);
        }
    }

    /** Offers devices again that were shunned for long enough; changes nothing if there are none. */
    private void tryShunnedAgain(NodePool node) {
        Instant now = registry.now();
        for (DevicePool pool : node.pools()) {
            if (pool.tryShunnedAgain(now)) {
                registry.touch(node);
                serve(pool);
            }
        }
    }

    void serve(NodePool node) {
        registry.touch(node);
        node.pools().forEach(this::serve);
    }

    private boolean isPossible(Waiter waiter) {
        Optional<String> obstacle = checked(waiter);
        obstacle.ifPresent(message -> registry.fail(waiter, LeaseFailure.Kind.IMPOSSIBLE, message));
        return obstacle.isEmpty();
    }

    /** A request that can't even be compared fails alone. */
    private static Optional<String> checked(Waiter waiter) {
        try {
            return obstacle(waiter);
        } catch (RuntimeException | StackOverflowError e) {
            return Optional.of(incomparable(waiter, e));
        }
    }

    private static String incomparable(Waiter waiter, Throwable fault) {
        return waiter.pool().title() + ": " + waiter.devices() + " can't be compared with its GPUs: " + describe(fault);
    }

    private static Optional<String> obstacle(Waiter waiter) {
        DevicePool pool = waiter.pool();
        int most = pool.isOfLease() ? pool.owner().lease().devices().size() : Integer.MAX_VALUE;
        if (waiter.devices().least() > most) {
            return Optional.of(pool.title() + " has " + most + (most == 1 ? " GPU, " : " GPUs, ") + waiter.devices()
                    + " asked; ask for fewer, or for more in the outer block");
        }
        Set<String> suitable = pool.suitable(waiter.devices());
        waiter.suits(suitable);
        boolean enough = suitable.size() >= waiter.devices().least();
        if (enough && waiter.devices().topology() != TopologyPolicy.REQUIRED) {
            return Optional.empty();
        }
        Optional<String> mismatch = Feasibility.obstacle(pool.title(), waiter.devices(), pool.inventory());
        return mismatch.isEmpty() && !enough && waiter.devices().shared() && pool.inventory().status() == Inventory.Status.OK
                ? Optional.of(tooLargeToShare(waiter))
                : mismatch;
    }

    private static String tooLargeToShare(Waiter waiter) {
        DevicePool pool = waiter.pool();
        return pool.title() + " can't share its GPUs so: " + waiter.devices() + " asked, and of each GPU's memory " + pool.node().margin()
                + " are kept free while it is shared; ask for less, or leave out shared";
    }

    @Override
    public void waitAgain(Waiter waiter) {
        if (registry.waiters().get(waiter.request().id()) == waiter) {
            isPossible(waiter);
        }
    }

    @Override
    public void serve(DevicePool pool) {
        if (registry.isPaused() || pool.order().isEmpty()) {
            return;
        }
        pool.tryShunnedAgain(registry.now());
        if (pool.node().obstacle() == null) {
            Supply supply = pool.supply();
            if (!supply.isEmpty()) {
                Turns.of(pool.order(), supply, maxOvertakes).forEach(this::offer);
                failIncomparable(pool);
            }
        }
        for (Waiter waiter : pool.impatient()) {
            if (!waiter.isOffered()) {
                registry.fail(waiter, LeaseFailure.Kind.BUSY, Explanation.whyBusy(waiter, registry.now()));
            }
        }
    }

    private void failIncomparable(DevicePool pool) {
        List<Waiter> incomparable =
                pool.order().stream().filter(waiter -> waiter.fault() != null).toList();
        incomparable.forEach(waiter ->
                registry.fail(waiter, LeaseFailure.Kind.IMPOSSIBLE, incomparable(waiter, waiter.fault())));
    }

    private void offer(Turns.Turn<Waiter> turn) {
        Waiter waiter = turn.contender();
        LeaseRequest request = waiter.request();
        Instant now = registry.now();
        Lease lease = new Lease(request.id(), request.node(), turn.devices(), request.devices().minMemory(),
                request.holder(), request.parentLease(), waiter.since(), now, request.devices().shared());
        Holding offer = Holding.offer(waiter.pool(), lease, waiter, turn.overtaken());
        waiter.pool().take(offer);
        waiter.offered(offer);
        registry.holdings().put(offer.id(), offer);
        registry.touch(offer.node());
        registry.later(outside -> outside.ask(
                () -> custodian.handOut(lease),
                (verdicts, failure) -> registry.change(() -> answered(offer, verdicts, failure))));
    }

    private void answered(Holding offer, @CheckForNull Map<String, Verdict> verdicts, @CheckForNull Throwable failure) {
        String silence = failure == null ? silent(offer, verdicts) : describe(failure);
        boolean clean = silence == null && offer.uuids().stream().allMatch(uuid -> verdicts.get(uuid).isClean());
        NodePool node = offer.node();
        registry.touch(node);
        if (!node.isRemoved()) {
            if (silence != null && offer.contact() == node.contact() && node.obstacle() == null) {
                node.setUnreachable("The GPUs could not be verified: " + silence);
            } else if (silence == null && !clean) {
                setAside(offer, verdicts);
            }
        }
        conclude(offer, clean, silence != null);
    }

    private static String describe(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static String silent(Holding offer, Map<String, Verdict> verdicts) {
        return offer.uuids().stream()
                .filter(uuid -> verdicts.get(uuid) == null)
                .findFirst()
                .map(uuid -> "nothing was said about " + uuid)
                .orElse(null);
    }

    /** A custodian that failed may have locked the devices all the same, one that found them unclean has not. */
    private void conclude(Holding offer, boolean clean, boolean failed) {
        boolean wanted = offer.is(Phase.OFFERED);
        if (wanted && clean && isStillFit(offer)) {
            grant(offer);
            return;
        }
        if (wanted) {
            offer.failed();
        }
        if (clean || (failed && !wanted)) {
            returns.takeBack(offer);
        } else {
            returns.settle(offer);
        }
        if (failed) {
            serve(offer.node());
        }
    }

    /** The table may have changed while the custodian looked. */
    private static boolean isStillFit(Holding offer) {
        NodePool node = offer.node();
        return node.obstacle() == null
                && offer.uuids().stream().allMatch(uuid -> {
                    DeviceSlot slot = node.slot(uuid);
                    return slot != null && slot.isHealthy();
                });
    }

    private void grant(Holding offer) {
        Waiter waiter = offer.waiter();
        offer.granted(registry.now());
        registry.forget(waiter);
        registry.leases().put(offer.id(), offer.lease());
        offer.node().leases().put(offer.id(), offer);
        registry.tell(waiter.listener(), listener -> listener.onGranted(offer.lease()));
    }

    /** Devices of an enclosing lease are in use by its own block, so that isn't held against them at the node. */
    private void setAside(Holding offer, Map<String, Verdict> verdicts) {
        for (String uuid : offer.uuids()) {
            Verdict verdict = verdicts.get(uuid);
            DeviceSlot slot = offer.node().slot(uuid);
            if (verdict.isClean() || slot == null) {
                continue;
            }
            if (verdict.condition() == Verdict.Condition.INSUFFICIENT) {
                offer.from().lacks(offer.waiter(), uuid, verdict.reason(), registry.now().plus(TRY_AGAIN));
            } else if (!offer.from().isOfLease()) {
                slot.looked(verdict);
            } else if (verdict.condition() == Verdict.Condition.SICK) {
                slot.sickened(verdict.reason());
            } else {
                offer.from().setUnfit(uuid, verdict.reason(), registry.now().plus(TRY_AGAIN));
            }
        }
        offer.node().healthChanged();
    }
}
