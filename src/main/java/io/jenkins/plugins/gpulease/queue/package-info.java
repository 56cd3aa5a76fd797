/**
 * Items of the build queue that start only with a lease, on the node where it is granted: GPUs and an executor are taken together,
 * and neither is held while the other is waited for.
 *
 * <p>The table of leases is the arbiter: a {@code QueuedRequest} floats there beside the requests that are bound to nodes, with
 * {@code LabelCandidates} that say where its items may run and where an executor is idle ({@code NodeRooms}). Once it is granted,
 * its items may start on that node only, and have to soon; else the grant is declined and the request waits on at its old place.
 * An {@code ItemResolver} says which request an item belongs to; this package knows nothing of Pipeline.
 *
 * <p>What the queue calls under its lock ({@code GpuDispatcher}) reads one table without locks ({@code ItemGates}); what it
 * tells is worked on by the executor of the leases. The queue's lock is taken for one thing only, a declined grant, and never
 * while a lock of ours is held.
 */
package io.jenkins.plugins.gpulease.queue;
