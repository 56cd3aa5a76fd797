package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings;
import java.util.List;

/** Whether the driver lets GPUs go while nobody uses them. */
final class PersistenceCheck implements Check {

    @NonNull
    @Override
    public String topic() {
        return "Persistence mode";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        List<String> off = with(machine, false);
        if (off.isEmpty()) {
            return with(machine, true).isEmpty() ? List.of() : List.of(ok("On"));
        }
        return List.of(info("Off for " + Finding.names(off) + ": whoever is first to use an idle GPU waits 1 to 3 s for each",
                "Run nvidia-persistenced as a service (or 'sudo nvidia-smi -pm 1' after each boot). While a Jenkins agent with"
                        + " GPUs is connected, its probe keeps them attached."));
    }

    private static List<String> with(Machine machine, Boolean on) {
        return machine.gpusWith(machine.driver()::settings, (GpuSettings gpu) -> on.equals(gpu.persistence()));
    }
}
