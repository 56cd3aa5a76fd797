package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Says of each device of an inventory whether it matches a request and, if not, why. Looks at what a device is, never at
 * whether it is idle or healthy: a sick one may recover. What a sick device can't tell isn't held against it. For one
 * thread.
 */
public final class RequestMatcher {

    private final Inventory inventory;
    private final List<Criterion> criteria = new ArrayList<>();

    public RequestMatcher(@NonNull DeviceRequest request, @NonNull Inventory inventory) {
        this.inventory = inventory;
        addKind();
        addMemory(request.minMemory());
        addModel(request.model());
        addComputeCapability(request.minComputeCapability());
        addVersion("driver", inventory.driverVersion(), request.minDriver());
        addVersion("CUDA", inventory.cudaVersion(), request.cuda());
    }

    public boolean matches(@NonNull Device device) {
        for (Criterion criterion : criteria) {
            if (!criterion.holds().test(device)) {
                return false;
            }
        }
        return true;
    }

    /** Why a device doesn't match, one clause each, such as {@code has 15.8 GiB, 40 GB asked}; empty if it does. */
    @NonNull
    public List<String> mismatches(@NonNull Device device) {
        return criteria.stream()
                .filter(criterion -> !criterion.holds().test(device))
                .map(criterion -> criterion.mismatch().apply(device))
                .toList();
    }

    /** UUIDs of the devices that match, in the inventory's order. */
    @NonNull
    public Set<String> matching() {
        Set<String> uuids = new LinkedHashSet<>();
        for (Device device : inventory.devices()) {
            if (matches(device)) {
                uuids.add(device.uuid());
            }
        }
        return uuids;
    }

    /** Whole GPUs only: a GPU in MIG mode isn't one, and an instance is handed out only to who asks for instances. */
    private void addKind() {
        add(device -> !device.isMigInstance(), device -> "is a MIG instance, whole GPUs are asked for");
        add(Device::isLeasable, device -> "is in MIG mode, so it can't be leased as a whole");
    }

    private void addMemory(@CheckForNull MemorySize asked) {
        if (asked != null) {
            add(
                    device -> device.memory() == null ? !device.health().isOk() : device.memory().isAtLeast(asked),
                    device -> device.memory() == null
                            ? "doesn't tell its memory, " + asked + " asked"
                            : "has " + device.memory() + ", " + asked + " asked");
        }
    }

    private void addModel(@CheckForNull String regex) {
        if (regex != null) {
            ModelPattern pattern = new ModelPattern(regex);
            add(device -> pattern.isIn(device.model()), device -> "is no model '" + regex + "'");
        }
    }

    private void addComputeCapability(@CheckForNull ComputeCapability asked) {
        if (asked != null) {
            add(
                    device -> device.computeCapability() == null
                            ? !device.health().isOk()
                            : device.computeCapability().compareTo(asked) >= 0,
                    device -> device.computeCapability() == null
                            ? "doesn't tell its compute capability, " + asked + " asked"
                            : "has compute capability " + device.computeCapability() + ", " + asked + " asked");
        }
    }

    private void addVersion(String what, @CheckForNull DottedVersion present, @CheckForNull DottedVersion asked) {
        if (asked != null) {
            boolean holds = present != null && present.compareTo(asked) >= 0;
            String mismatch = present == null
                    ? "has an unknown " + what + " version, " + asked + " asked"
                    : "has " + what + " " + present + ", " + asked + " asked";
            add(device -> holds, device -> mismatch);
        }
    }

    private void add(Predicate<Device> holds, Function<Device, String> mismatch) {
        criteria.add(new Criterion(holds, mismatch));
    }

    private record Criterion(Predicate<Device> holds, Function<Device, String> mismatch) {}
}
