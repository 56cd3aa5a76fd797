/**
 * Which devices: matching a request against an inventory and choosing among what is idle. Pure functions without state,
 * callable from any thread.
 */
package io.jenkins.plugins.gpulease.engine.placement;
