package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DeviceSource;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.util.List;

/** Looks at devices and judges them by what it sees, by the driver's errors, and by what the last scan found. Thread-safe. */
final class Examiner {

    private final DeviceSource source;
    private final Faults faults;
    private volatile Inventory inventory;

    Examiner(@NonNull DeviceSource source, @NonNull Faults faults) {
        this.source = source;
        this.faults = faults;
    }

    @NonNull
    Inventory scan() {
        Inventory scanned = source.scan();
        inventory = scanned;
        List<Device> devices = scanned.devices().stream().map(this::withFault).toList();
        return scanned.withDevices(devices);
    }

    private Device withFault(Device device) {
        String fault = fault(device);
        return device.health().isOk() && fault != null ? device.withHealth(Health.sick(fault)) : device;
    }

    /** A MIG instance has its GPU's fault. */
    @CheckForNull
    private String fault(@CheckForNull Device device) {
        if (device == null) {
            return null;
        }
        return faults.of(device.migParent() == null ? device.uuid() : device.migParent());
    }

    @NonNull
    Reading read(@NonNull String uuid) {
        return source.read(uuid);
    }

    @NonNull
    Verdict judge(@NonNull Reading reading, @NonNull Standard standard) {
        Device device = scanned().device(reading.uuid()).orElse(null);
        return standard.judge(reading, fault(device), device == null ? null : device.memory());
    }

    /** A source can only look at devices that it has found. */
    @NonNull
    Inventory scanned() {
        Inventory known = inventory;
        return known == null ? scan() : known;
    }
}
