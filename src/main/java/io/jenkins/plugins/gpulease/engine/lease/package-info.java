/**
 * Who holds what: the table of devices, leases and waiters of all nodes.
 *
 * <p>{@link io.jenkins.plugins.gpulease.engine.lease.LeaseTable} has one private lock and does no I/O under it; whatever it
 * tells others (a grant, a check of devices) it tells on an executor, outside the lock. Views are immutable.
 *
 * <p>Behind it, all guarded by the lock that {@code Registry} keeps: a {@code NodePool} for each node with a {@code DeviceSlot}
 * for each device; a {@code DevicePool} with its order of {@code Waiter}s for the node and for each lease that is divided;
 * {@code Turns} says who is served, {@code Offers} brings it about, {@code Returns} undoes it.
 */
package io.jenkins.plugins.gpulease.engine.lease;
