/**
 * What leased devices did: readings added up per lease, and which lease a process belongs to where several share a device.
 * Single-threaded builders, immutable results.
 */
package io.jenkins.plugins.gpulease.engine.usage;
