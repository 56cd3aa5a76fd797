/**
 * Items of the build queue that start only with a lease, on the node where it is granted: GPUs and an executor are taken together,
 * and neither is held while the other is waited for.
 *
 * <p>The table of leases is the arbiter: a {@code QueuedRequest} floats there beside the requests that are bound to nodes, with
 * {@code LabelCandidates} that say where its items may run and where an executor is idle ({@code NodeRooms}). Once it is granted,
 * its items may start on that node only, and have to soon; else the grant is declined and the request waits on at its old place.
 * An {@code ItemResolver} says which request an item belongs to; this package knows nothing of Pipeline.
 *
 * <p>What the queue asks under its lock for each item and each node ({@code GpuDispatcher.canTake}) takes no lock of ours: it reads
 * one table without locks ({@code ItemGates}). What the queue tells under its lock, once for each change of an item
 * ({@code QueuedItems.entered}, {@code blocked}, {@code left}), takes the monitors of {@code ItemGates}, {@code QueuedRequest} and
 * {@code InOrder}, in this order and briefly: no other plugin, no table of leases and no I/O under them; the rest is done by the
 * executor of the leases. What other listeners may call under the queue's lock ({@code NodeRooms.lookSoon}) takes no lock of ours;
 * where a plugin removes a node under it, the monitors of {@code GoneNodes} and of the table of leases are taken briefly, too: none
 * of them ever waits for the queue. Labels, permissions and clouds are asked by one look after the other, without locks; idle
 * executors are looked at apart from that, since what is asked there may hang. We take the queue's lock for a declined or withdrawn
 * grant only, and never while we hold a lock of ours.
 */
package io.jenkins.plugins.gpulease.queue;
