package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * A granted request: a set of devices of one node, held by one holder.
 *
 * @param id the request's
 * @param devices at least one, in the order of PCI bus id
 * @param minMemory what each device must have free when it is handed out; null if nothing was asked for
 * @param parentLease id of the lease that the devices were taken out of; null if from the node
 * @param askedAt when the request arrived
 * @param grantedAt when the devices were verified and handed out
 * @param shared others may share the devices; then {@code minMemory} is the budget, which this lease promises to stay within
 */
public record Lease(
        @NonNull String id,
        @NonNull String node,
        @NonNull List<Device> devices,
        @CheckForNull MemorySize minMemory,
        @NonNull Holder holder,
        @CheckForNull String parentLease,
        @NonNull Instant askedAt,
        @NonNull Instant grantedAt,
        boolean shared)
        implements Serializable {

    public Lease {
        devices = List.copyOf(devices);
        if (devices.isEmpty()) {
            throw new IllegalArgumentException("Lease " + id + " has no devices");
        }
        if (shared && (minMemory == null || parentLease != null)) {
            throw new IllegalArgumentException("Lease " + id + " is shared, so it has a budget and no enclosing lease");
        }
    }

    /** A lease that has its devices to itself. */
    public Lease(
            @NonNull String id,
            @NonNull String node,
            @NonNull List<Device> devices,
            @CheckForNull MemorySize minMemory,
            @NonNull Holder holder,
            @CheckForNull String parentLease,
            @NonNull Instant askedAt,
            @NonNull Instant grantedAt) {
        this(id, node, devices, minMemory, holder, parentLease, askedAt, grantedAt, false);
    }

    /** The same lease under another name of its holder. */
    @NonNull
    public Lease heldBy(@NonNull Holder newHolder) {
        return new Lease(id, node, devices, minMemory, newHolder, parentLease, askedAt, grantedAt, shared);
    }

    /** Whether it is the same grant, whoever holds it by now: a request that was granted twice has two, with its id. */
    public boolean isSameGrant(@NonNull Lease other) {
        return id.equals(other.id) && node.equals(other.node) && grantedAt.equals(other.grantedAt);
    }

    /** Memory of each device that it promised to stay within; null if it has the devices to itself. */
    @CheckForNull
    public MemorySize budget() {
        return shared ? minMemory : null;
    }

    @NonNull
    public List<String> uuids() {
        String[] uuids = new String[devices.size()];
        Arrays.setAll(uuids, index -> devices.get(index).uuid());
        return List.of(uuids);
    }

    public boolean isSubLease() {
        return parentLease != null;
    }
}
