package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A lease as it is stored, with the Pipeline's state and with the build: what its holder needs to take it up again. */
public final class StoredLease implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String id;
    private final String node;
    private final List<StoredDevice> devices = new ArrayList<>();

    @CheckForNull
    private final Long minMemoryBytes;

    private final String holderId;
    private final String holderName;

    @CheckForNull
    private final String parentLease;

    private final long askedAtMillis;
    private final long grantedAtMillis;

    /** False in what was stored before leases could share devices. */
    private final boolean shared;

    public StoredLease(@NonNull Lease lease) {
        id = lease.id();
        node = lease.node();
        lease.devices().forEach(device -> devices.add(new StoredDevice(device)));
        MemorySize minMemory = lease.minMemory();
        minMemoryBytes = minMemory == null ? null : minMemory.bytes();
        holderId = lease.holder().id();
        holderName = lease.holder().name();
        parentLease = lease.parentLease();
        askedAtMillis = lease.askedAt().toEpochMilli();
        grantedAtMillis = lease.grantedAt().toEpochMilli();
        shared = lease.shared();
    }

    @NonNull
    public String id() {
        return id;
    }

    @NonNull
    public String node() {
        return node;
    }

    /** From the request to the grant. */
    @NonNull
    Span waiting() {
        return new Span(askedAtMillis, grantedAtMillis);
    }

    @NonNull
    public Lease toLease() {
        return new Lease(
                id,
                node,
                devices.stream().map(StoredDevice::toDevice).toList(),
                minMemoryBytes == null ? null : MemorySize.ofBytes(minMemoryBytes),
                new Holder(holderId, holderName),
                parentLease,
                Instant.ofEpochMilli(askedAtMillis),
                Instant.ofEpochMilli(grantedAtMillis),
                shared);
    }
}
