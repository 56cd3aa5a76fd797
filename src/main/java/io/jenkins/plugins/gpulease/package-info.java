/**
 * GPU Lease for Jenkins. {@link io.jenkins.plugins.gpulease.GpuLeases} is the controller's one table of leases; the packages
 * beside it are Jenkins' ends of it, and {@code engine} below knows nothing of Jenkins.
 */
package io.jenkins.plugins.gpulease;
