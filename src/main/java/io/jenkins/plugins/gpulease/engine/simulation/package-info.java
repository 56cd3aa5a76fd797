/**
 * Simulated GPUs for machines without hardware: the same contract as NVML. What a device does comes from real processes, which
 * announce their loads by files ({@link io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad}).
 *
 * <p>Used by the probe and the command line; thread-safe.
 */
package io.jenkins.plugins.gpulease.engine.simulation;
