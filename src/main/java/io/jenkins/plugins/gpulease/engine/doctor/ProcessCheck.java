package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.probe.Cleanliness;
import java.util.ArrayList;
import java.util.List;

/** Whether somebody uses GPUs without a lease, so that they can't be leased. */
final class ProcessCheck implements Check {

    @NonNull
    @Override
    public String topic() {
        return "Processes";
    }

    @Override
    public boolean isForLinux() {
        return false;
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        List<Finding> findings = new ArrayList<>();
        int idle = 0;
        for (Device device : machine.devices()) {
            Reading reading = machine.reading(device).orElse(null);
            if (reading == null || !reading.health().isOk() || !device.isLeasable()) {
                continue;
            }
            Finding finding = examine(machine, device, reading);
            if (finding == null) {
                idle++;
            } else {
                findings.add(finding);
            }
        }
        if (idle > 0 && findings.isEmpty()) {
            findings.add(ok("Nobody uses " + Finding.count(idle, "device")));
        }
        return findings;
    }

    /** Null if it is idle. */
    @CheckForNull
    private Finding examine(Machine machine, Device device, Reading reading) {
        String holder = machine.use().holders().get(device.uuid());
        if (holder != null) {
            return info(Machine.name(device) + " is leased by " + holder, null);
        }
        Verdict verdict = Cleanliness.judgeIdle(reading, device.memory(), machine.environment(), machine.properties());
        return verdict.isClean() ? null : warning(Machine.name(device) + " isn't leased, but " + verdict.reason(),
                "It is leased to nobody until they end. Let whoever it is take a lease ('gpu-lease run'), or leave the device"
                        + " out in the node's configuration; what belongs to nobody: 'kill'. If memory is always in use:"
                        + " GPU_LEASE_IDLE_MEMORY.");
    }
}
