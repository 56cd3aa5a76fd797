package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whether NVML has each GPU that is on the bus. */
final class LostGpuCheck implements Check {

    private static final String CURE = "The kernel's log has the reason ('sudo dmesg | grep -e NVRM -e Xid'): Xid 79 means that"
            + " it has fallen off the bus, by heat, power or a bad seat. Reboot; if it comes back lost, switch the machine off"
            + " for a minute, then have the GPU's power and seat checked.";

    @NonNull
    @Override
    public String topic() {
        return "Lost GPUs";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) throws IOException {
        List<PciGpu> gpus = machine.pciGpus();
        List<PciGpu> silent = gpus.stream().filter(gpu -> !gpu.answering()).toList();
        List<Finding> findings = new ArrayList<>();
        if (!silent.isEmpty()) {
            findings.add(problem("No answer on the PCI bus from " + Finding.names(silent), CURE));
        }
        List<PciGpu> unknown = gpus.stream()
                .filter(gpu -> gpu.answering() && gpu.isOf("nvidia"))
                .filter(gpu -> machine.gpus().stream().noneMatch(known -> gpu.isAt(known.pciBusId())))
                .toList();
        if (machine.driver().hasDevices() && !unknown.isEmpty()) {
            findings.add(unknown(machine, unknown));
        }
        boolean complete = findings.isEmpty() && machine.driver().hasDevices() && !gpus.isEmpty();
        return complete ? List.of(ok("NVML has each GPU that is on the PCI bus")) : findings;
    }

    /** In a container, what isn't there may be somebody else's. */
    private Finding unknown(Machine machine, List<PciGpu> unknown) {
        boolean hidden = machine.container() != null
                || !machine.environment().getOrDefault("NVIDIA_VISIBLE_DEVICES", "all").equals("all");
        String found = "On the PCI bus, but not in NVML: " + Finding.names(unknown);
        return hidden ? info(found + ". They weren't given to this container", null) : problem(found, CURE);
    }
}
