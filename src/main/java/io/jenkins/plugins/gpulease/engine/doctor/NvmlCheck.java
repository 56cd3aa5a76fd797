package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/** Whether the driver answers, and each of its GPUs. */
final class NvmlCheck implements Check {

    private static final String CURE = "Run 'nvidia-smi' in a shell of this user; where it fails, too, look for NVRM in the"
            + " kernel's log ('sudo dmesg') and reboot. Other findings may name the cause.";

    @NonNull
    @Override
    public String topic() {
        return "NVML";
    }

    @Override
    public boolean isForLinux() {
        return false;
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        DriverLook driver = machine.driver();
        if (!driver.asked()) {
            return List.of(info("Not asked, as nothing on this machine points to NVIDIA", null));
        }
        List<Finding> findings = new ArrayList<>();
        if (driver.problem() != null) {
            findings.add(problem(driver.problem(),
                    "The driver hangs or crashes: run 'nvidia-smi', which will, too; look for NVRM in the kernel's log, and"
                            + " reboot."));
        }
        Inventory inventory = driver.inventory();
        if (inventory != null && inventory.status() != Inventory.Status.OK) {
            findings.add(problem(Objects.toString(inventory.reason(), "No GPU can be read"), CURE));
        } else if (inventory != null) {
            devices(machine, inventory, findings);
        }
        return findings;
    }

    private void devices(Machine machine, Inventory inventory, List<Finding> findings) {
        for (Device device : inventory.devices()) {
            Health health = health(machine, device);
            if (!health.isOk()) {
                findings.add(sick(device, Objects.toString(health.problem(), "")));
            }
        }
        if (findings.isEmpty()) {
            findings.add(ok(Finding.count(machine.gpus().size(), "GPU") + " answer" + (machine.gpus().size() == 1 ? "s" : "")
                    + ": "
                    + Finding.names(machine.gpus().stream().map(Machine::name).toList())));
        }
    }

    /** Most reasons end with their cure: behind the first full stop or, where there is none, behind the first colon. */
    private Finding sick(Device device, String reason) {
        String mark = reason.contains(". ") ? ". " : ": ";
        String[] parts = reason.split(Pattern.quote(mark), 2);
        String cure = parts.length == 2 && !parts[1].isBlank() ? parts[1] : "reset it: " + Health.RESET;
        return problem(Machine.name(device) + " is sick: " + parts[0],
                cure.substring(0, 1).toUpperCase(Locale.ROOT) + cure.substring(1));
    }

    private static Health health(Machine machine, Device device) {
        return device.health().isOk() ? machine.reading(device).map(Reading::health).orElse(Health.OK) : device.health();
    }
}
