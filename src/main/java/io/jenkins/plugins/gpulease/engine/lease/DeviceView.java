package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.time.Instant;

/**
 * A device of a node and where it stands.
 *
 * @param reason why it is occupied, quarantined or unknown, for people; null otherwise
 * @param lease id of the lease that has it, was offered it, or returns it; of several, one inside the other, the outermost;
 *     null otherwise
 * @param since when it came into this state
 */
public record DeviceView(
        @NonNull Device device,
        @NonNull DeviceState state,
        @CheckForNull String reason,
        @CheckForNull String lease,
        @NonNull Instant since) {}
