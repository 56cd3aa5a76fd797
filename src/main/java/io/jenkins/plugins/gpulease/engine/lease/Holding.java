package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;
import java.util.List;

/**
 * Devices that are taken out of a pool under the id of a request: offered to it, leased, or on their way back. Guarded by
 * the registry's lock.
 */
final class Holding {

    /** Where it stands. */
    enum Phase {
        /** The custodian verifies the devices. */
        OFFERED,
        /** Nobody wants them any more, but the custodian hasn't answered yet whether it handed them out. */
        WITHDRAWN,
        LEASED,
        /** The custodian takes the devices back. */
        RETURNING
    }

    private Waiter waiter;
    private final List<String> uuids;
    private final long contact;
    private List<DeviceSlot> slots = List.of();
    private DevicePool from;
    private DevicePool inside;

    /** Written under the lock, read by anybody: a lease is what is granted. */
    private volatile Lease lease;

    private volatile Phase phase;
    private List<Waiter> overtaken;
    private boolean expected;
    private boolean ahead;

    private Holding(DevicePool from, Lease lease, Phase phase, @CheckForNull Waiter waiter, List<Waiter> overtaken) {
        this.from = from;
        this.lease = lease;
        this.phase = phase;
        this.waiter = waiter;
        this.overtaken = overtaken;
        this.uuids = lease.uuids();
        this.contact = from.node().contact();
    }

    static Holding offer(DevicePool from, Lease lease, Waiter waiter, List<Waiter> overtaken) {
        Holding offer = new Holding(from, lease, Phase.OFFERED, waiter, overtaken);
        if (waiter.isFloating()) {
            offer.expected = true;
            offer.ahead = waiter.candidates().room(from.node().name()) <= from.node().expected();
            from.node().expect(1);
        }
        return offer;
    }

    static Holding adopted(DevicePool from, Lease lease) {
        return new Holding(from, lease, Phase.LEASED, null, List.of());
    }

    String id() {
        return lease.id();
    }

    Lease lease() {
        return lease;
    }

    /** Its devices. */
    List<String> uuids() {
        return uuids;
    }

    /** The same, as the node knows them. */
    List<DeviceSlot> slots() {
        return slots;
    }

    void took(List<DeviceSlot> newSlots) {
        slots = newSlots;
    }

    boolean isShared() {
        return lease.shared();
    }

    NodePool node() {
        return from.node();
    }

    /** The pool that its devices were taken out of. */
    DevicePool from() {
        return from;
    }

    /** Hangs an adopted lease below its enclosing one, which was adopted after it. */
    void moveTo(DevicePool enclosing) {
        from = enclosing;
    }

    /** The pool that sub-leases take devices out of. */
    DevicePool inside() {
        if (inside == null) {
            inside = from.inside(this);
            node().divide(this);
        }
        return inside;
    }

    /** Whether anybody has ever asked for a sub-lease. */
    boolean isDivided() {
        return inside != null;
    }

    /** The node's contact when the devices were taken. */
    long contact() {
        return contact;
    }

    Phase phase() {
        return phase;
    }

    boolean is(Phase other) {
        return phase == other;
    }

    void to(Phase newPhase) {
        enter(newPhase);
        if (newPhase != Phase.LEASED) {
            stopExpecting();
        }
    }

    private void enter(Phase newPhase) {
        phase = newPhase;
        node().slots().phaseChanged(slots);
    }

    /** Whether a task of a request that floats is yet to start on the node. */
    boolean isExpected() {
        return expected;
    }

    /** Whether there was no room for that task yet when the devices were offered. */
    boolean isAhead() {
        return ahead;
    }

    /** No task is to start there any more. */
    void stopExpecting() {
        if (expected) {
            expected = false;
            node().expect(-1);
        }
    }

    /** The task runs, so those who were overtaken were. */
    void started() {
        stopExpecting();
        forgetRequest();
    }

    /** Unless it may have to wait again. */
    private void forgetRequest() {
        if (!expected) {
            waiter = null;
            overtaken = List.of();
        }
    }

    /** The request that the devices were offered to; null if it has got them for good, or the lease was adopted. */
    @CheckForNull
    Waiter waiter() {
        return waiter;
    }

    void granted(Instant now) {
        forgetRequest();
        lease = new Lease(
                lease.id(), lease.node(), lease.devices(), lease.minMemory(), lease.holder(), lease.parentLease(),
                lease.askedAt(), now, lease.shared());
        enter(Phase.LEASED);
    }

    /** The holder is called so from now on. */
    void heldBy(Holder holder) {
        lease = lease.heldBy(holder);
    }

    /** The request gets nothing, so it didn't overtake anybody after all. */
    void failed() {
        overtaken.forEach(Waiter::notOvertaken);
        overtaken = List.of();
    }
}
