package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.host.HostFacts;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Who uses the GPUs of a machine, and how.
 *
 * @param mpsDaemon NVIDIA's Multi-Process Service runs there
 * @param holders who has leased a device, for people, by UUID
 * @param locksProblem why that isn't known, so that nothing can be leased either; null if it is
 */
record HostUse(boolean mpsDaemon, @NonNull Map<String, String> holders, @CheckForNull String locksProblem) {

    @NonNull
    static HostUse ofThisHost(@NonNull List<String> uuids) {
        boolean mps = HostFacts.ofThisHost().mpsDaemon();
        try (HostLocks locks = new HostLocks(HostLocks.defaultFolder())) {
            return new HostUse(mps, locks.holders(uuids), null);
        } catch (IOException | RuntimeException e) {
            return new HostUse(mps, Map.of(), e.getMessage());
        }
    }
}
