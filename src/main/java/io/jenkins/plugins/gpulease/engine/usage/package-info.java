/**
 * What leased devices did: readings added up per lease. Single-threaded builders, immutable results.
 */
package io.jenkins.plugins.gpulease.engine.usage;
