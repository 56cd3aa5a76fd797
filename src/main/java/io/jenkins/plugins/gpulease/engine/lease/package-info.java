/**
 * Who holds what: the table of devices, leases and waiters of all nodes.
 *
 * <p>{@link io.jenkins.plugins.gpulease.engine.lease.LeaseTable} has one private lock and does no I/O under it; whatever it
 * tells others (a grant, a check of devices) it tells on an executor, outside the lock. Views are immutable.
 */
package io.jenkins.plugins.gpulease.engine.lease;
