package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.time.Instant;

/**
 * A device of a node and where it stands.
 *
 * @param reason why it is occupied, quarantined, drained or unknown, for people; of one that is shared, why no further leases are
 *     put on it; null otherwise
 * @param lease id of the lease that has it, was offered it, or returns it; of several, one inside the other, the outermost;
 *     of several that share it, the oldest; null otherwise
 * @param since when it came into this state
 * @param sharing who shares it, and how much of it is left; null if nobody does
 * @param drained why a person has taken it out of service, in whatever state it is: who has it goes on, and nobody else gets it;
 *     null if nobody has
 */
public record DeviceView(
        @NonNull Device device,
        @NonNull DeviceState state,
        @CheckForNull String reason,
        @CheckForNull String lease,
        @NonNull Instant since,
        @CheckForNull Sharing sharing,
        @CheckForNull String drained) {

    /** Whether looking at it again may bring something: it isn't handed out until somebody has seen it clean. */
    public boolean isUnclean() {
        return state == DeviceState.OCCUPIED || state == DeviceState.QUARANTINED || sharing != null && reason != null;
    }
}
