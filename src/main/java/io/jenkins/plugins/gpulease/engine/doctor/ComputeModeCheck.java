package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings.ComputeMode;
import java.util.ArrayList;
import java.util.List;

/** Whether an administrator has restricted who may compute on GPUs. */
final class ComputeModeCheck implements Check {

    @NonNull
    @Override
    public String topic() {
        return "Compute mode";
    }

    @Override
    public boolean isForLinux() {
        return false;
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        List<String> prohibited = with(machine, ComputeMode.PROHIBITED);
        List<String> exclusive = new ArrayList<>(with(machine, ComputeMode.EXCLUSIVE_PROCESS));
        exclusive.addAll(with(machine, ComputeMode.EXCLUSIVE_THREAD));
        List<Finding> findings = new ArrayList<>();
        if (!prohibited.isEmpty()) {
            findings.add(problem("Computing is prohibited on " + Finding.names(prohibited) + ": CUDA programs fail there",
                    "Run 'sudo nvidia-smi -i N -c DEFAULT', or leave it out of the node's devices."));
        }
        if (!exclusive.isEmpty() && !machine.use().mpsDaemon()) {
            findings.add(warning("One process at a time may compute on " + Finding.names(exclusive)
                            + ": jobs that start several on a GPU fail with \"all CUDA-capable devices are busy or unavailable\"",
                    "Run 'sudo nvidia-smi -i N -c DEFAULT'."));
        }
        return findings.isEmpty() && !with(machine, ComputeMode.DEFAULT).isEmpty() ? List.of(ok("Default")) : findings;
    }

    private static List<String> with(Machine machine, ComputeMode mode) {
        return machine.gpusWith(machine.driver()::settings, (GpuSettings gpu) -> gpu.computeMode() == mode);
    }
}
