/**
 * What people see of all GPUs and leases, and what they may do about them: the page "GPUs", its live JSON, REST and commands.
 *
 * <p>Everything shown comes from one immutable {@code Snapshot} that all viewers share; what one of them may not see is left out by
 * its {@code Viewer}. Nothing here asks an agent on a thread of the web server.
 */
package io.jenkins.plugins.gpulease.dashboard;
