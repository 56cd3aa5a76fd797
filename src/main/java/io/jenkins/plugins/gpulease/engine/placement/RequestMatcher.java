package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Says of each device of an inventory whether it matches a request and, if not, why. Looks at what a device is, never at
 * whether it is idle or healthy: a sick one may recover. What a sick device can't tell isn't held against it. Thread-safe.
 */
public final class RequestMatcher {

    private final DeviceRequest request;
    private final Inventory inventory;
    private final ModelPattern model;
    private final boolean driverSuits;
    private final boolean cudaSuits;

    public RequestMatcher(@NonNull DeviceRequest request, @NonNull Inventory inventory) {
        this.request = request;
        this.inventory = inventory;
        this.model = request.model() == null ? null : ModelPattern.of(request.model());
        this.driverSuits = isAtLeast(inventory.driverVersion(), request.minDriver());
        this.cudaSuits = isAtLeast(inventory.cudaVersion(), request.cuda());
    }

    public boolean matches(@NonNull Device device) {
        return driverSuits && cudaSuits && isKind(device) && hasMemory(device) && isModel(device) && hasCapability(device);
    }

    /** Why a device doesn't match, one clause each, such as {@code has 15.8 GiB, 40 GB asked}; empty if it does. */
    @NonNull
    public List<String> mismatches(@NonNull Device device) {
        List<String> mismatches = new ArrayList<>();
        if (!isKind(device)) {
            mismatches.add(wrongKind(device));
        }
        if (!hasMemory(device)) {
            mismatches.add(lack("memory", "", device.memory(), request.minMemory()));
        }
        if (!isModel(device)) {
            mismatches.add("is no model '" + request.model() + "'");
        }
        if (!hasCapability(device)) {
            mismatches.add(lack("compute capability", "compute capability ", device.computeCapability(),
                    request.minComputeCapability()));
        }
        if (!driverSuits) {
            mismatches.add(tooOld("driver", inventory.driverVersion(), request.minDriver()));
        }
        if (!cudaSuits) {
            mismatches.add(tooOld("CUDA", inventory.cudaVersion(), request.cuda()));
        }
        return mismatches;
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

    /** A GPU in MIG mode is no whole GPU, and an instance is handed out only to who asks for instances. */
    private boolean isKind(Device device) {
        if (request.mig() == null) {
            return !device.isMigInstance() && device.isLeasable();
        }
        return device.isMigInstance()
                && (request.mig().equals(DeviceRequest.ANY_MIG) || request.mig().equalsIgnoreCase(device.migProfile()));
    }

    private String wrongKind(Device device) {
        if (!device.isLeasable()) {
            return request.mig() == null
                    ? "is in MIG mode, so it can't be leased as a whole"
                    : "is in MIG mode, so only its instances can be leased";
        }
        if (request.mig() == null) {
            return "is a MIG instance, whole GPUs are asked for";
        }
        return device.isMigInstance()
                ? "has profile " + device.migProfile() + ", " + request.mig() + " asked"
                : "is a whole GPU, MIG instances are asked for";
    }

    private boolean hasMemory(Device device) {
        if (request.minMemory() == null) {
            return true;
        }
        return device.memory() == null ? !device.health().isOk() : device.memory().isAtLeast(request.minMemory());
    }

    private boolean isModel(Device device) {
        return model == null || model.isIn(device.model());
    }

    private boolean hasCapability(Device device) {
        if (request.minComputeCapability() == null) {
            return true;
        }
        return device.computeCapability() == null
                ? !device.health().isOk()
                : device.computeCapability().compareTo(request.minComputeCapability()) >= 0;
    }

    private static boolean isAtLeast(@CheckForNull DottedVersion present, @CheckForNull DottedVersion asked) {
        return asked == null || (present != null && present.compareTo(asked) >= 0);
    }

    private static String lack(String what, String title, @CheckForNull Object present, Object asked) {
        return (present == null ? "doesn't tell its " + what : "has " + title + present) + ", " + asked + " asked";
    }

    private static String tooOld(String what, @CheckForNull DottedVersion present, DottedVersion asked) {
        return present == null
                ? "has an unknown " + what + " version, " + asked + " asked"
                : "has " + what + " " + present + ", " + asked + " asked";
    }
}
