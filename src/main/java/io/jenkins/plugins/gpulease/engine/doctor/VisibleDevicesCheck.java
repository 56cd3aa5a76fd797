package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.placement.VisibleDevices;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether the environment hides GPUs. */
final class VisibleDevicesCheck implements Check {

    @NonNull
    @Override
    public String topic() {
        return "Visible devices";
    }

    @Override
    public boolean isForLinux() {
        return false;
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        String set = Stream.of("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES")
                .filter(machine.environment()::containsKey)
                .map(name -> name + "='" + machine.environment().get(name) + "'")
                .collect(Collectors.joining(" and "));
        if (set.isEmpty() || !machine.driver().hasDevices()) {
            return set.isEmpty() ? List.of(ok("The environment hides no GPU")) : List.of(info("The environment has"
                    + " " + set, null));
        }
        Inventory left = VisibleDevices.of(machine.environment()).filter(machine.driver().inventory());
        int hidden = machine.devices().size() - left.devices().size();
        if (hidden == 0) {
            return List.of(ok("The environment has " + set + ", which hides no GPU"));
        }
        String found = "The environment has " + set + ", which hides " + hidden + " of"
                + " " + Finding.count(machine.devices().size(), "device");
        String cure = "Take the variable out of the environment that the agent is started with (its service, its shell's"
                + " profile, the image), or name UUIDs of 'nvidia-smi -L'. An entry that names nothing hides all after it.";
        return List.of(left.devices().isEmpty() ? problem(found, cure) : info(found, cure));
    }
}
