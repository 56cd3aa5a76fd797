package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Looks at devices before they are handed out and after they come back: the way from the table to the probe of a node.
 * Both methods return at once; a stage that fails means that the node can't be asked. Every stage must be completed in the
 * end: until then its devices are bound. For one lease the methods are never under way at the same time.
 */
public interface Custodian {

    /**
     * Verifies devices that were chosen for a lease, locks them on the host and starts to sample them. If any isn't clean,
     * none stays locked.
     *
     * @return a verdict for each device, by UUID
     */
    @NonNull
    CompletionStage<Map<String, Verdict>> handOut(@NonNull Lease lease);

    /**
     * Stops sampling, unlocks the devices and looks at what is left on them. Also called after a hand-out that nobody wants
     * any more, even if it failed, and for sub-leases, whose verdicts don't count.
     */
    @NonNull
    CompletionStage<Returned> takeBack(@NonNull Lease lease);

    /**
     * What came back.
     *
     * @param verdicts for each device, by UUID; one that isn't clean goes into quarantine
     */
    record Returned(@NonNull Map<String, Verdict> verdicts, @NonNull LeaseUsage usage) {}
}
