/**
 * GPUs of freestyle builds, and of others that have build wrappers: their items leave the build queue only with their lease. In
 * a Pipeline the wrapper leases GPUs of the node around it.
 */
package io.jenkins.plugins.gpulease.wrapper;
