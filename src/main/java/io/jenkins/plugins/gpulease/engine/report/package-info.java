/**
 * What the fleet of GPUs did over the last days: device-hours, waits and jobs, added up by the hour in a bounded amount of memory.
 * Knows no clock: whoever adds something says when it was. {@code FleetLedger} is thread-safe, with a private lock under which nothing
 * is called.
 */
package io.jenkins.plugins.gpulease.engine.report;
