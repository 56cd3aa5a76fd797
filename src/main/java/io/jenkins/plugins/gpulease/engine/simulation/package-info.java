/**
 * Simulated GPUs for machines without hardware: the same contract as NVML, with loads that programs announce.
 */
package io.jenkins.plugins.gpulease.engine.simulation;
