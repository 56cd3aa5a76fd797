package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.host.HostFacts;
import java.io.Closeable;
import java.util.List;
import java.util.Map;

/**
 * What can be asked of the devices of a host. Calls may come from any thread, block until answered or until the deadline of
 * their kind, and throw {@link ProbeException} if there is no answer.
 */
public interface Probe extends Closeable {

    /** Looks at all devices. */
    @NonNull
    Inventory scan() throws ProbeException;

    /** Looks at what else is to be known of the host; quick. */
    @NonNull
    HostFacts host() throws ProbeException;

    /** Looks at some devices; one that the host doesn't have gets a failed reading. */
    @NonNull
    List<Reading> read(@NonNull List<String> uuids) throws ProbeException;

    /**
     * Verifies devices, locks them on the host and starts to sample them, all or nothing: unless each verdict is clean,
     * nothing is locked and nothing sampled. A claim that was taken back before fails. Claims that are shared may have devices of
     * other shared claims, as far as their budgets fit; then the processes of those may run there.
     *
     * @return a verdict for each device, by UUID
     */
    @NonNull
    Map<String, Verdict> handOut(@NonNull Claim claim) throws ProbeException;

    /**
     * Takes up a lease that was granted before this probe started: locks and samples its devices without asking whether
     * anything runs on them. Devices that somebody else has locked by now are sampled all the same.
     *
     * @return a verdict for each device, by UUID
     */
    @NonNull
    Map<String, Verdict> adopt(@NonNull Claim claim) throws ProbeException;

    /**
     * Stops sampling, unlocks, and looks at what is left on the devices; where others share a device, at what is left of this lease. Unknown leases give an answer without usage. If a younger
     * claim of the lease was granted, nothing happens and the answer is empty.
     */
    @NonNull
    TakenBack takeBack(@NonNull Claim claim) throws ProbeException;

    /**
     * What has changed.
     *
     * @param sinceEvent number of the last event that the caller knows, 0 for all
     * @param recheck UUIDs of devices that weren't clean and may be by now
     */
    @NonNull
    Status poll(long sinceEvent, @NonNull List<String> recheck) throws ProbeException;

    /** Ends the probe and drops its locks. Idempotent. */
    @Override
    void close();
}
