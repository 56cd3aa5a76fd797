/**
 * Host-wide device locks: one lock file for each device, held by whoever leases it, dropped by the kernel when the holder dies.
 * Shared by agents, controllers and people.
 */
package io.jenkins.plugins.gpulease.engine.host;
