package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.List;

/** Whether the driver supports the CUDA that jobs are built with. */
final class CudaVersionCheck implements Check {

    @NonNull
    @Override
    public String topic() {
        return "CUDA version";
    }

    @Override
    public boolean isForLinux() {
        return false;
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        Inventory inventory = machine.driver().inventory();
        DottedVersion supported = inventory == null ? null : inventory.cudaVersion();
        DottedVersion wanted = machine.cuda();
        if (supported == null) {
            return wanted == null ? List.of() : List.of(info("It can't be told whether the driver supports CUDA"
                    + " " + wanted, null));
        }
        if (wanted == null || wanted.compareTo(supported) <= 0) {
            return List.of(ok("The driver supports CUDA up to " + supported));
        }
        return List.of(problem("The driver supports CUDA up to " + supported + "; " + wanted + " is asked for",
                "Install a newer driver, or use an image with an older CUDA. Programs built with a newer minor version of the"
                        + " same CUDA may run; data centre GPUs may take NVIDIA's package cuda-compat."));
    }
}
