package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Serializable;
import java.util.Objects;

/** A device as it is stored, with the Pipeline's state and with the build. */
final class StoredDevice implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String uuid;
    private final int index;
    private final String model;

    @CheckForNull
    private final Long memoryBytes;

    @CheckForNull
    private final String computeCapability;

    private final String pciBusId;
    private final int numaNode;

    @CheckForNull
    private final String migParent;

    @CheckForNull
    private final String migProfile;

    StoredDevice(@NonNull Device device) {
        uuid = device.uuid();
        index = device.index();
        model = device.model();
        MemorySize memory = device.memory();
        memoryBytes = memory == null ? null : memory.bytes();
        computeCapability = Objects.toString(device.computeCapability(), null);
        pciBusId = device.pciBusId();
        numaNode = device.numaNode();
        migParent = device.migParent();
        migProfile = device.migProfile();
    }

    /** The device as it was when it was leased, taken to be healthy: the next look at it will tell. */
    @NonNull
    Device toDevice() {
        return new Device(
                uuid,
                index,
                model,
                memoryBytes == null ? null : MemorySize.ofBytes(memoryBytes),
                computeCapability == null ? null : ComputeCapability.parse(computeCapability),
                pciBusId,
                numaNode,
                false,
                migParent,
                migProfile,
                Health.OK);
    }
}
