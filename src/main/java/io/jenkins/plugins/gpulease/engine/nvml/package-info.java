/**
 * The JNA binding of NVIDIA's management library (NVML): declarations, a session with a fall-back for each function that an
 * older driver lacks, and the {@link io.jenkins.plugins.gpulease.engine.device.DeviceSource} on top. The only importer of
 * {@code com.sun.jna}. Calls may hang or crash the process, so only the probe's process uses it.
 */
package io.jenkins.plugins.gpulease.engine.nvml;
