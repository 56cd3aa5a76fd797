package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Holding.Phase;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** How devices come back: from leases that end, and from offers that come to nothing. Called under the registry's lock. */
final class Returns {

    /** What comes back when nobody could look. */
    static final Custodian.Returned NOTHING = new Custodian.Returned(Map.of(), LeaseUsage.UNKNOWN);

    private static final Logger LOGGER = Logger.getLogger(LeaseTable.class.getName());

    private final Registry registry;
    private final Custodian custodian;
    private final Beneficiary beneficiary;

    /** Who makes something of what came back. */
    interface Beneficiary {

        /** A pool got devices back. */
        void serve(DevicePool pool);

        /** A request waits again after an offer came to nothing. */
        void waitAgain(Waiter waiter);
    }

    Returns(Registry registry, Custodian custodian, Beneficiary beneficiary) {
        this.registry = registry;
        this.custodian = custodian;
        this.beneficiary = beneficiary;
    }

    CompletionStage<Custodian.Returned> release(String leaseId) {
        Holding lease = registry.holdings().get(leaseId);
        if (lease == null || !lease.is(Phase.LEASED)) {
            return CompletableFuture.completedFuture(NOTHING);
        }
        boolean makesRoom = lease.isExpected();
        CompletionStage<Custodian.Returned> returned = end(lease, () -> enclosingEnded(lease, ""));
        if (makesRoom || lease.from().isOfLease()) {
            beneficiary.serve(lease.from());
        }
        return returned;
    }

    /** Undoes a grant whose task couldn't start; the request waits again once its devices are back. */
    boolean decline(Lease granted, String why) {
        Holding lease = registry.holdings().get(granted.id());
        if (lease == null || !lease.is(Phase.LEASED) || !lease.isExpected() || !lease.lease().isSameGrant(granted)) {
            return false;
        }
        lease.from().avoids(lease.waiter(), new Shunned(why, registry.now().plus(Offers.TRY_AGAIN)));
        undo(lease, why);
        beneficiary.serve(lease.from());
        return true;
    }

    private void undo(Holding lease, String why) {
        Waiter waiter = lease.waiter();
        lease.failed();
        if (lease.isAhead()) {
            waiter.hadItsTurn();
        }
        waiter.order().enter(waiter);
        registry.waiters().put(lease.id(), waiter);
        end(lease, () -> enclosingEnded(lease, ": " + why));
    }

    private static LeaseFailure enclosingEnded(Holding lease, String why) {
        return new LeaseFailure(
                LeaseFailure.Kind.PARENT_ENDED, "The enclosing lease of " + lease.lease().holder() + " has ended" + why);
    }

    /** Ends all leases and requests of a node that is gone. */
    void endAll(NodePool node) {
        endAllOf(node.root(), new LeaseFailure(LeaseFailure.Kind.NODE_REMOVED, "Node " + node.name() + " was removed"));
        registry.holdings().values().removeIf(holding -> holding.node() == node);
    }

    /** Ends a lease, whatever is taken out of it, and whatever waits for that. */
    private CompletionStage<Custodian.Returned> end(Holding lease, Supplier<LeaseFailure> failure) {
        if (lease.isDivided()) {
            endAllOf(lease.inside(), failure.get());
            lease.node().undivide(lease);
        }
        registry.countLease(-1);
        if (lease.from().isOfLease()) {
            lease.from().giveBack(lease);
        }
        return takeBack(lease);
    }

    private void endAllOf(DevicePool inside, LeaseFailure failure) {
        for (Waiter waiter : inside.order()) {
            abandon(waiter, failure);
        }
        for (Holding sub : inside.taken()) {
            if (sub.is(Phase.LEASED) && sub.isExpected()) {
                undo(sub, failure.message());
            } else if (sub.is(Phase.LEASED)) {
                end(sub, () -> failure);
            } else if (sub.is(Phase.OFFERED)) {
                withdraw(sub.waiter());
            }
        }
    }

    private void abandon(Waiter waiter, LeaseFailure failure) {
        withdraw(waiter);
        registry.fail(waiter, failure.kind(), failure.message());
    }

    /** Lets go of what a request was offered, once the custodian has answered. */
    void withdraw(Waiter waiter) {
        Holding offer = waiter.offer();
        if (offer != null && offer.is(Phase.OFFERED)) {
            offer.to(Phase.WITHDRAWN);
            offer.failed();
        }
    }

    /** Has the custodian take devices back. */
    CompletionStage<Custodian.Returned> takeBack(Holding holding) {
        holding.to(Phase.RETURNING);
        registry.touch(holding.node());
        CompletableFuture<Custodian.Returned> done = new CompletableFuture<>();
        registry.later(outside -> outside.ask(() -> custodian.takeBack(holding.lease()), (returned, failure) -> {
            registry.change(() -> cameBack(holding, returned, failure));
            outside.tell(() -> done.complete(returned == null ? NOTHING : returned));
        }));
        return done;
    }

    private void cameBack(Holding holding, @CheckForNull Custodian.Returned returned, @CheckForNull Throwable failure) {
        if (failure != null) {
            LOGGER.log(Level.FINE, failure, () -> "Lease " + holding.id() + " came back unseen");
        } else if (!holding.from().isOfLease() && !holding.node().isRemoved()) {
            inspect(holding, returned.verdicts());
        }
        settle(holding);
    }

    private static void inspect(Holding holding, Map<String, Verdict> verdicts) {
        for (DeviceSlot slot : holding.slots()) {
            Verdict verdict = verdicts.get(slot.device().uuid());
            if (verdict != null && slot.isHeldBy(holding)) {
                slot.cameBack(holding, verdict);
            }
        }
        holding.node().healthChanged();
    }

    /** Puts devices back into their pool; the request that they were offered to waits again, if it is still there. */
    void settle(Holding holding) {
        registry.holdings().remove(holding.id(), holding);
        holding.stopExpecting();
        holding.from().giveBack(holding);
        Waiter waiter = holding.waiter();
        if (waiter != null && waiter.offer() == holding) {
            waiter.offered(null);
            beneficiary.waitAgain(waiter);
        }
        registry.touch(holding.node());
        beneficiary.serve(holding.from());
    }
}
