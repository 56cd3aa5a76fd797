package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Holding.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How waiters get devices: who can be served is offered some, the custodian verifies them, and they are granted or set
 * aside. An answer belongs to its {@link Holding}, so one that comes late finds the phase changed and does no harm. Called
 * under the registry's lock.
 */
final class Offers {

    /** For so long a device that didn't suit a request, as for too little free memory, is left to others. */
    static final Duration TRY_AGAIN = Duration.ofSeconds(30);

    private final Registry registry;
    private final Custodian custodian;
    private final Returns.Beneficiary beneficiary;
    private final Returns returns;

    Offers(Registry registry, Custodian custodian, Returns.Beneficiary beneficiary) {
        this.registry = registry;
        this.custodian = custodian;
        this.beneficiary = beneficiary;
        this.returns = new Returns(registry, custodian, beneficiary);
    }

    Returns returns() {
        return returns;
    }

    /** Offers devices to a waiter that has left its line. */
    void offer(Waiter waiter, DevicePool pool, List<Device> devices, List<Waiter> overtaken) {
        LeaseRequest request = waiter.request();
        Instant now = registry.now();
        Lease lease = new Lease(request.id(), pool.node().name(), devices, request.devices().minMemory(),
                request.holder(), request.parentLease(), waiter.since(), now, request.devices().shared());
        Holding offer = Holding.offer(pool, lease, waiter, overtaken);
        pool.take(offer);
        waiter.offered(offer);
        registry.holdings().put(offer.id(), offer);
        registry.touch(offer.node());
        registry.later(outside -> outside.ask(
                () -> custodian.handOut(lease),
                (verdicts, failure) -> registry.change(() -> answered(offer, verdicts, failure))));
    }

    private void answered(Holding offer, @CheckForNull Map<String, Verdict> verdicts, @CheckForNull Throwable failure) {
        String silence = failure == null ? silent(offer, verdicts) : describe(failure);
        boolean clean = silence == null && isClean(offer, verdicts);
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

    static String describe(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static String silent(Holding offer, Map<String, Verdict> verdicts) {
        for (String uuid : offer.uuids()) {
            if (verdicts.get(uuid) == null) {
                return "nothing was said about " + uuid;
            }
        }
        return null;
    }

    private static boolean isClean(Holding offer, Map<String, Verdict> verdicts) {
        for (String uuid : offer.uuids()) {
            if (!verdicts.get(uuid).isClean()) {
                return false;
            }
        }
        return true;
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
            offer.node().pools().forEach(beneficiary::serve);
        } else {
            beneficiary.serve(offer.from());
        }
    }

    /** The table may have changed while the custodian looked. */
    private static boolean isStillFit(Holding offer) {
        NodePool node = offer.node();
        if (node.obstacle() != null) {
            return false;
        }
        for (DeviceSlot slot : offer.slots()) {
            if (!slot.isHealthy()) {
                return false;
            }
        }
        return true;
    }

    private void grant(Holding offer) {
        Waiter waiter = offer.waiter();
        offer.granted(registry.now());
        registry.forget(waiter);
        registry.countLease(1);
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
                offer.from().lacks(offer.waiter(), uuid, new Shunned(verdict.reason(), registry.now().plus(TRY_AGAIN)));
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
