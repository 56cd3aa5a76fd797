/**
 * What ends leases besides their blocks: listeners for builds and nodes, reconciliation with what really runs, and the pause
 * after a restart until every running build has taken up its leases; and what becomes of blocks that exceed their budgets.
 */
package io.jenkins.plugins.gpulease.lifecycle;
