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
 * What a block asks for. A null component doesn't restrict. Made by {@link #of} and the {@code with} methods; each of them
 * checks the whole, so {@link #withMinMemory} comes before {@link #withShared}.
 *
 * @param count number of devices, 1 to {@value #MAX_COUNT}, or {@link #ALL}
 * @param minMemory least total memory of each device
 * @param model regular expression searched in the device's name, ignoring case; as {@link ModelPattern#check} allows
 * @param minComputeCapability least compute capability of each device
 * @param minDriver least version of the NVIDIA driver
 * @param cuda CUDA version that the driver must support at least
 * @param topology how much their connection matters
 * @param mig profile of the MIG instances that are asked for, such as {@code 1g.10gb}, or {@link #ANY_MIG}, as
 *     {@link MigProfile#check} gives it; null for whole GPUs
 * @param shared the devices may be shared with others of that kind, as far as their least memory fits; needs {@code minMemory}
 */
public record DeviceRequest(
        int count,
        @CheckForNull MemorySize minMemory,
        @CheckForNull String model,
        @CheckForNull ComputeCapability minComputeCapability,
        @CheckForNull DottedVersion minDriver,
        @CheckForNull DottedVersion cuda,
        @NonNull TopologyPolicy topology,
        @CheckForNull String mig,
        boolean shared)
        implements Serializable {

    /** More devices than any host has; keeps a typing error from waiting for ever. */
    public static final int MAX_COUNT = 1024;

    /**
     * The count that stands for all matching devices of the node that are healthy, one at least. So large that who compares
     * with it without asking {@link #isAll} never has enough.
     */
    public static final int ALL = Integer.MAX_VALUE;

    private static final String ALLOWED = "; allowed is 1 to " + MAX_COUNT + ", or 'all'";

    /** MIG instances of any profile. */
    public static final String ANY_MIG = "any";

    public DeviceRequest {
        if ((count < 1 || count > MAX_COUNT) && count != ALL) {
            throw new IllegalArgumentException("count is " + count + ALLOWED);
        }
        if (model != null) {
            try {
                ModelPattern.check(model);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("model " + e.getMessage(), e);
            }
        }
        mig = mig == null ? null : MigProfile.check(mig);
        if (mig != null && topology == TopologyPolicy.REQUIRED && count > 1) {
            throw new IllegalArgumentException("topology is 'required' for several instances with mig '" + mig
                    + "'; MIG instances aren't connected with each other: leave topology out, or ask for one instance or whole GPUs");
        }
        if (shared && minMemory == null) {
            throw new IllegalArgumentException("shared is true without minMemory; what each device is shared by is memory: add minMemory,"
                    + " such as minMemory: '6 GB'");
        }
        if (shared && count == ALL) {
            throw new IllegalArgumentException("shared is true with count 'all'; allowed is a number from 1 to " + MAX_COUNT);
        }
    }

    /**
     * Reads a number of devices, or {@code all}, ignoring case.
     *
     * @return what {@link #of} takes
     * @throws IllegalArgumentException if it is neither; the message names the parameter, the value and what is allowed
     */
    public static int parseCount(@NonNull String text) {
        String count = text.trim();
        if (count.equalsIgnoreCase("all")) {
            return ALL;
        }
        if (!count.matches("[+-]?\\d{1,9}")) {
            throw new IllegalArgumentException("count '" + text + "' is not a whole number" + ALLOWED);
        }
        return of(Integer.parseInt(count)).count();
    }

    /** Any whole devices. */
    @NonNull
    public static DeviceRequest of(int count) {
        return new DeviceRequest(count, null, null, null, null, null, TopologyPolicy.PREFERRED, null, false);
    }

    @NonNull
    public DeviceRequest withMinMemory(@CheckForNull MemorySize newMinMemory) {
        return new DeviceRequest(count, newMinMemory, model, minComputeCapability, minDriver, cuda, topology, mig, shared);
    }

    @NonNull
    public DeviceRequest withModel(@CheckForNull String newModel) {
        return new DeviceRequest(count, minMemory, newModel, minComputeCapability, minDriver, cuda, topology, mig, shared);
    }

    @NonNull
    public DeviceRequest withMinComputeCapability(@CheckForNull ComputeCapability newMinComputeCapability) {
        return new DeviceRequest(count, minMemory, model, newMinComputeCapability, minDriver, cuda, topology, mig, shared);
    }

    @NonNull
    public DeviceRequest withMinDriver(@CheckForNull DottedVersion newMinDriver) {
        return new DeviceRequest(count, minMemory, model, minComputeCapability, newMinDriver, cuda, topology, mig, shared);
    }

    @NonNull
    public DeviceRequest withCuda(@CheckForNull DottedVersion newCuda) {
        return new DeviceRequest(count, minMemory, model, minComputeCapability, minDriver, newCuda, topology, mig, shared);
    }

    @NonNull
    public DeviceRequest withTopology(@NonNull TopologyPolicy newTopology) {
        return new DeviceRequest(count, minMemory, model, minComputeCapability, minDriver, cuda, newTopology, mig, shared);
    }

    @NonNull
    public DeviceRequest withMig(@CheckForNull String newMig) {
        return new DeviceRequest(count, minMemory, model, minComputeCapability, minDriver, cuda, topology, newMig, shared);
    }

    @NonNull
    public DeviceRequest withShared(boolean newShared) {
        return new DeviceRequest(count, minMemory, model, minComputeCapability, minDriver, cuda, topology, mig, newShared);
    }

    /** Whether all matching devices of the node are asked for; {@link #count} is no number then. */
    public boolean isAll() {
        return count == ALL;
    }

    /** The least number of devices that can satisfy it, 1 or more. */
    public int least() {
        return isAll() ? 1 : count;
    }

    /** For people: {@code 2 GPUs with at least 40 GB, model 'H100'}, {@code all MIG instances with profile 1g.10gb}. */
    @Override
    public String toString() {
        List<String> wishes = new ArrayList<>();
        if (mig != null && !mig.equals(ANY_MIG)) {
            wishes.add("profile " + mig);
        }
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
        if (topology == TopologyPolicy.REQUIRED && count > 1) {
            wishes.add("all pairs connected by NVLink or one PCIe switch");
        }
        String what = (shared ? "shared " : "") + (mig == null ? "GPU" : "MIG instance") + (count == 1 ? "" : "s");
        return (isAll() ? "all" : count) + " " + what + (wishes.isEmpty() ? "" : " with " + String.join(", ", wishes));
    }
}
