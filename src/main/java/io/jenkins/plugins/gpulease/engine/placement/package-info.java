/**
 * Which devices: matching a request against an inventory and choosing among what is idle. Functions that remember nothing but what
 * saves reading the same again; callable from any thread.
 */
package io.jenkins.plugins.gpulease.engine.placement;
