/**
 * The probe: the child process on a host that alone talks to NVML, and the way to talk to it.
 *
 * <p>{@link io.jenkins.plugins.gpulease.engine.probe.Probe} is the contract. The service behind it runs in a child JVM
 * (NVML can hang or crash its process) or, for simulated devices, in the caller's. Every call has a deadline.
 */
package io.jenkins.plugins.gpulease.engine.probe;
