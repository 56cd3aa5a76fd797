/**
 * What monitoring gets, where the Metrics plugin is installed; nothing else may use this package, as it can't be loaded
 * elsewhere. Values come from snapshots: reading them blocks nobody and asks no agent.
 */
package io.jenkins.plugins.gpulease.metrics;
