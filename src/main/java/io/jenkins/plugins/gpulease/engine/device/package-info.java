/**
 * Values that describe GPUs: what a node has ({@link io.jenkins.plugins.gpulease.engine.device.Inventory}),
 * what a device does right now ({@link io.jenkins.plugins.gpulease.engine.device.Reading}) and whether it may be
 * handed out ({@link io.jenkins.plugins.gpulease.engine.device.Verdict}).
 *
 * <p>All of them are immutable, thread-safe and serializable: they travel between the probe, the agent and the controller.
 * Everybody may use this package; it uses nobody.
 */
package io.jenkins.plugins.gpulease.engine.device;
