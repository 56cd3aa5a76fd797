package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.util.ArrayList;
import java.util.List;

/** Whether GPUs that are divided have instances that can be used. */
final class MigCheck implements Check {

    private static final String CAPABILITIES = "/dev/nvidia-caps";

    @NonNull
    @Override
    public String topic() {
        return "MIG";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        List<Device> divided = machine.gpus().stream().filter(Device::migEnabled).toList();
        List<String> empty = divided.stream()
                .filter(gpu -> machine.devices().stream().noneMatch(device -> gpu.uuid().equals(device.migParent())))
                .map(Machine::name)
                .toList();
        List<Finding> findings = new ArrayList<>();
        if (!empty.isEmpty()) {
            findings.add(empty(machine, empty));
        }
        long instances = machine.devices().stream().filter(Device::isMigInstance).count();
        if (instances > 0 && !machine.files().exists(CAPABILITIES)) {
            findings.add(problem("There are MIG instances, but no " + CAPABILITIES + ", so CUDA can't open them",
                    "Run 'sudo nvidia-modprobe -f /proc/driver/nvidia/capabilities/mig/monitor'; in a container, pass the"
                            + " instances in by their UUIDs (NVIDIA_VISIBLE_DEVICES) with the NVIDIA Container Toolkit."));
        }
        return findings.isEmpty() && instances > 0
                ? List.of(ok(Finding.count((int) instances, "MIG instance") + " on " + Finding.count(divided.size(), "GPU")))
                : findings;
    }

    private Finding empty(Machine machine, List<String> empty) {
        String found = "In MIG mode without an instance, so nothing of it can be leased: " + Finding.names(empty);
        String cure = "Make instances ('sudo nvidia-smi mig -lgip' lists the profiles, 'sudo nvidia-smi mig -i N -cgi PROFILE,…"
                + " -C' makes them); they are gone after a reboot. Or leave MIG mode: 'sudo nvidia-smi -i N -mig 0'.";
        return machine.devices().stream().anyMatch(device -> device.isLeasable() && device.health().isOk())
                ? warning(found, cure)
                : problem(found, cure);
    }
}
