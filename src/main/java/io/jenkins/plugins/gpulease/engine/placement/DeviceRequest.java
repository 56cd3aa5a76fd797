package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a block asks for. A null component doesn't restrict.
 *
 * @param count number of devices, 1 to {@value #MAX_COUNT}
 * @param minMemory least total memory of each device
 * @param model regular expression searched in the device's name, ignoring case; as {@link ModelPattern#check} allows
 * @param minComputeCapability least compute capability of each device
 * @param minDriver least version of the NVIDIA driver
 * @param cuda CUDA version that the driver must support at least
 */
public record DeviceRequest(
        int count,
        @CheckForNull MemorySize minMemory,
        @CheckForNull String model,
        @CheckForNull ComputeCapability minComputeCapability,
        @CheckForNull DottedVersion minDriver,
        @CheckForNull DottedVersion cuda)
        implements Serializable {

    /** More devices than any host has; keeps a typing error from waiting for ever. */
    public static final int MAX_COUNT = 1024;

    public DeviceRequest {
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException("count is " + count + "; allowed is 1 to " + MAX_COUNT);
        }
        if (model != null) {
            try {
                ModelPattern.check(model);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("model " + e.getMessage(), e);
            }
        }
    }

    /** Any devices. */
    @NonNull
    public static DeviceRequest of(int count) {
        return new DeviceRequest(count, null, null, null, null, null);
    }

    @NonNull
    public DeviceRequest withMinMemory(@CheckForNull MemorySize newMinMemory) {
        return new DeviceRequest(count, newMinMemory, model, minComputeCapability, minDriver, cuda);
    }

    @NonNull
    public DeviceRequest withModel(@CheckForNull String newModel) {
        return new DeviceRequest(count, minMemory, newModel, minComputeCapability, minDriver, cuda);
    }

    @NonNull
    public DeviceRequest withMinComputeCapability(@CheckForNull ComputeCapability newMinComputeCapability) {
        return new DeviceRequest(count, minMemory, model, newMinComputeCapability, minDriver, cuda);
    }

    @NonNull
    public DeviceRequest withMinDriver(@CheckForNull DottedVersion newMinDriver) {
        return new DeviceRequest(count, minMemory, model, minComputeCapability, newMinDriver, cuda);
    }

    @NonNull
    public DeviceRequest withCuda(@CheckForNull DottedVersion newCuda) {
        return new DeviceRequest(count, minMemory, model, minComputeCapability, minDriver, newCuda);
    }

    /** For people: {@code 2 GPUs with at least 40 GB, model 'H100'}. */
    @Override
    public String toString() {
        List<String> wishes = new ArrayList<>();
        if (minMemory != null) {
            wishes.add("at least " + minMemory);
        }
        if (model != null) {
            wishes.add("model '" + model + "'");
        }
        if (minComputeCapability != null) {
            wishes.add("compute capability " + minComputeCapability + " or higher");
        }
        if (minDriver != null) {
            wishes.add("driver " + minDriver + " or newer");
        }
        if (cuda != null) {
            wishes.add("CUDA " + cuda + " or newer");
        }
        return count + (count == 1 ? " GPU" : " GPUs") + (wishes.isEmpty() ? "" : " with " + String.join(", ", wishes));
    }
}
