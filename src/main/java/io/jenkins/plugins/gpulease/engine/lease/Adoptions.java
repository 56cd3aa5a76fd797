package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;

/**
 * Leases that were granted before a restart. A sub-lease may come before the lease that encloses it: then it counts as taken
 * out of the node until the enclosing one comes. Called under the registry's lock.
 */
final class Adoptions {

    private static final String OVERLAPS = "overlaps with";
    private static final String STICKS_OUT = "has devices that aren't in its enclosing";

    private final Registry registry;

    Adoptions(Registry registry) {
        this.registry = registry;
    }

    void adopt(@NonNull Lease lease) {
        Holding present = registry.holdings().get(lease.id());
        if (present != null && present.is(Holding.Phase.LEASED)) {
            nameAnew(present, lease.holder());
            return;
        }
        if (present != null || registry.waiters().containsKey(lease.id())) {
            throw new IllegalStateException("Lease " + lease.id() + " of " + lease.holder()
                    + " can't be taken up again: its id is used by a request that waits, or by a lease that comes back");
        }
        Holding enclosing = registry.enclosing(lease.parentLease());
        if (enclosing == null) {
            adoptFromNode(lease);
        } else {
            adoptFromLease(lease, enclosing);
        }
    }

    private void nameAnew(Holding present, Holder holder) {
        if (!present.lease().holder().equals(holder)) {
            present.heldBy(holder);
            registry.touch(present.node());
        }
    }

    private void adoptFromNode(Lease lease) {
        NodePool known = registry.nodes().get(lease.node());
        List<Holding> subLeases = new ArrayList<>();
        for (Holding holder : known == null ? List.<Holding>of() : known.root().taken()) {
            if (shares(holder, lease) && !(holder.isShared() && lease.shared())) {
                subLeases.add(holder);
                refuseUnless(isEnclosedBy(lease, holder.lease()), lease, OVERLAPS, holder);
            }
        }
        NodePool node = registry.node(lease.node());
        Holding adopted = Holding.adopted(node.root(), lease);
        for (Holding subLease : subLeases) {
            node.root().giveBack(subLease);
            subLease.moveTo(adopted.inside());
            adopted.inside().take(subLease);
        }
        register(adopted);
    }

    private void adoptFromLease(Lease lease, Holding enclosing) {
        refuseUnless(isEnclosedBy(enclosing.lease(), lease), lease, STICKS_OUT, enclosing);
        for (Holding other : enclosing.inside().taken()) {
            refuseUnless(!shares(other, lease), lease, OVERLAPS, other);
        }
        register(Holding.adopted(enclosing.inside(), lease));
    }

    private void register(Holding adopted) {
        adopted.from().take(adopted);
        registry.holdings().put(adopted.id(), adopted);
        registry.countLease(1);
        registry.touch(adopted.node());
    }

    private static boolean shares(Holding holder, Lease lease) {
        List<String> uuids = lease.uuids();
        return holder.uuids().stream().anyMatch(uuids::contains);
    }

    private static boolean isEnclosedBy(Lease whole, Lease part) {
        return whole.id().equals(part.parentLease())
                && whole.node().equals(part.node())
                && whole.uuids().containsAll(part.uuids());
    }

    private static void refuseUnless(boolean fits, Lease lease, String why, Holding holder) {
        if (!fits) {
            throw new IllegalStateException("Lease " + lease.id() + " of " + lease.holder() + " on " + lease.node()
                    + " can't be taken up again: it " + why + " lease " + holder.id() + " of "
                    + holder.lease().holder());
        }
    }
}
