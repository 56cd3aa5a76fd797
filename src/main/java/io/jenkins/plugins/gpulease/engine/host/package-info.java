/**
 * Host-wide device locks: one lock file for each device, locked by whoever leases it, dropped by the kernel when the holder
 * dies. Shared by agents, controllers and people of one host, whatever user they run as.
 *
 * <p>{@link io.jenkins.plugins.gpulease.engine.host.HostLocks} is the way in. POSIX file locks belong to the process, and
 * closing <em>any</em> descriptor of a file drops the process's locks on it: everything here opens lock files only under the
 * monitor of {@link io.jenkins.plugins.gpulease.engine.host.HeldLocks}, and never a second time while one is held.
 *
 * <p>{@link io.jenkins.plugins.gpulease.engine.host.HostFacts} says what else is to be known of the host.
 */
package io.jenkins.plugins.gpulease.engine.host;
