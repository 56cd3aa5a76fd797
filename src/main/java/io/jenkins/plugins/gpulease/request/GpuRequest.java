package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.WaitTimeout;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The parameters once they are known to be right. It is stored with the Pipeline, so that a block that waits can ask again
 * after a restart; hence plain text, parsed on demand.
 */
public final class GpuRequest implements Serializable {

    private static final long serialVersionUID = 1L;

    private final int count;
    private final String minMemory;
    private final String model;
    private final String minComputeCapability;
    private final String minDriver;
    private final String cuda;
    private final String timeout;
    private final boolean skipIfBusy;
    private final int priority;

    /** Null also in what was stored before there was such a parameter. */
    private final String topology;

    private final String mig;

    /** False also in what was stored before there was such a parameter. */
    private final boolean shared;

    /**
     * Takes parameters.
     *
     * @throws IllegalArgumentException if any is wrong, or some contradict each other; the message names each such parameter, its
     *     value and what is allowed
     */
    public GpuRequest(@NonNull GpuParameters parameters) {
        List<String> faults = faults(parameters);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", faults));
        }
        String asked = parameters.getCount();
        count = asked == null ? 1 : DeviceRequest.parseCount(asked);
        minMemory = parameters.getMinMemory();
        model = parameters.getModel();
        minComputeCapability = parameters.getMinComputeCapability();
        minDriver = parameters.getMinDriver();
        cuda = parameters.getCuda();
        timeout = parameters.getTimeout();
        skipIfBusy = parameters.isSkipIfBusy();
        priority = parameters.getPriority();
        topology = parameters.getTopology();
        mig = parameters.getMig();
        shared = parameters.isShared();
        devices(isAutoMemory() ? MinMemory.SOME : memory(), shared);
    }

    private GpuRequest(GpuRequest other, @CheckForNull String minMemory) {
        count = other.count;
        this.minMemory = minMemory;
        model = other.model;
        minComputeCapability = other.minComputeCapability;
        minDriver = other.minDriver;
        cuda = other.cuda;
        timeout = other.timeout;
        skipIfBusy = other.skipIfBusy;
        priority = other.priority;
        topology = other.topology;
        mig = other.mig;
        shared = other.shared && minMemory != null;
    }

    private static List<String> faults(GpuParameters parameters) {
        List<String> faults = new ArrayList<>();
        faults.add(TextParameter.COUNT.fault(parameters.getCount()));
        faults.add(TextParameter.MIN_MEMORY.fault(parameters.getMinMemory()));
        faults.add(TextParameter.MODEL.fault(parameters.getModel()));
        faults.add(TextParameter.MIN_COMPUTE_CAPABILITY.fault(parameters.getMinComputeCapability()));
        faults.add(TextParameter.MIN_DRIVER.fault(parameters.getMinDriver()));
        faults.add(TextParameter.CUDA.fault(parameters.getCuda()));
        faults.add(TextParameter.TOPOLOGY.fault(parameters.getTopology()));
        faults.add(TextParameter.MIG.fault(parameters.getMig()));
        faults.add(TextParameter.TIMEOUT.fault(parameters.getTimeout()));
        faults.removeIf(Objects::isNull);
        return faults;
    }

    /** Whether somebody still has to find out how much memory to ask for; until then it asks for none. */
    public boolean isAutoMemory() {
        return MinMemory.isAuto(minMemory);
    }

    /**
     * The same, asking for this much memory of each device.
     *
     * @param memory null for any; then the devices aren't shared, as there would be no budget
     */
    @NonNull
    public GpuRequest withMinMemory(@CheckForNull MemorySize memory) {
        return new GpuRequest(this, memory == null ? null : MinMemory.exact(memory));
    }

    /** Until somebody has found out how much memory that is, an automatic one asks for none, and for devices of its own. */
    @NonNull
    public DeviceRequest devices() {
        return devices(memory(), shared && !isAutoMemory());
    }

    @CheckForNull
    private MemorySize memory() {
        return minMemory == null || isAutoMemory() ? null : MemorySize.parse(minMemory);
    }

    private DeviceRequest devices(@CheckForNull MemorySize memory, boolean sharedDevices) {
        return DeviceRequest.of(count)
                .withMinMemory(memory)
                .withModel(model)
                .withMinComputeCapability(minComputeCapability == null ? null : ComputeCapability.parse(minComputeCapability))
                .withMinDriver(minDriver == null ? null : DottedVersion.parse(minDriver))
                .withCuda(cuda == null ? null : DottedVersion.parse(cuda))
                .withTopology(topology == null ? TopologyPolicy.PREFERRED : TopologyPolicy.parse(topology))
                .withMig(mig)
                .withShared(sharedDevices);
    }

    /** How long it may wait; null for as long as it takes. */
    @CheckForNull
    public Duration timeout() {
        return timeout == null ? null : WaitTimeout.parse(timeout);
    }

    public boolean isSkipIfBusy() {
        return skipIfBusy;
    }

    public int priority() {
        return priority;
    }
}
