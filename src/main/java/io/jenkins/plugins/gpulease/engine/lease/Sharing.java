package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.List;

/**
 * How a device is shared.
 *
 * @param leases ids of the leases that share it, were offered a share, or give theirs back; oldest first
 * @param promised sum of their budgets
 * @param free memory that may still be promised
 */
public record Sharing(@NonNull List<String> leases, @NonNull MemorySize promised, @NonNull MemorySize free) {

    public Sharing {
        leases = List.copyOf(leases);
    }
}
