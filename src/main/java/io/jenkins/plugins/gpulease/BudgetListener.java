package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;

/** Learns of leases that use more of a shared device than they promised, again and again while it lasts. */
public interface BudgetListener extends ExtensionPoint {

    /**
     * Called on the executor of the leases; returns soon.
     *
     * @param lease one that shares its devices, and that hadn't ended a moment ago
     * @param fails its node is configured to fail who holds such a lease, instead of a warning only
     */
    void onOverBudget(@NonNull Lease lease, @NonNull OverBudget use, boolean fails);
}
