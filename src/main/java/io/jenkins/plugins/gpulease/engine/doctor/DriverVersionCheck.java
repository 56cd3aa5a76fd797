package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the kernel module and the library come from the same driver: they refuse to talk otherwise. */
final class DriverVersionCheck implements Check {

    private static final int MISMATCH = 18; // NVML_ERROR_LIB_RM_VERSION_MISMATCH
    private static final Pattern MODULE = Pattern.compile("Kernel Module\\D*?(?:x86_64|aarch64)?\\s+(\\d{3,}(?:\\.\\d+){1,2})");

    @NonNull
    @Override
    public String topic() {
        return "Driver version";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        String module = moduleVersion(machine.files());
        String library = NvmlFiles.version(machine);
        Integer answer = machine.driver().answer();
        boolean refused = answer != null && answer == MISMATCH;
        if (refused || module != null && library != null && !module.equals(library)) {
            return List.of(mismatch(module, library, machine.container() != null));
        }
        String version = module == null ? toldByNvml(machine) : module;
        return version == null ? List.of() : List.of(ok("Driver " + version + (library == null ? "" : ", and the library with"
                + " it")));
    }

    private Finding mismatch(@CheckForNull String module, @CheckForNull String library, boolean inContainer) {
        return problem("The kernel module has version " + Objects.toString(module, "unknown") + ", the library has "
                        + Objects.toString(library, "another one"),
                inContainer
                        ? "The driver was upgraded on the host: reboot it, and start the container anew. If the image brings a"
                                + " driver's libraries of its own, remove them: the NVIDIA Container Toolkit mounts the host's."
                        : "The driver was upgraded while the old module kept running: reboot, or stop what uses the GPUs and"
                                + " reload it ('sudo rmmod nvidia_uvm nvidia_drm nvidia_modeset nvidia', 'sudo modprobe"
                                + " nvidia').");
    }

    @CheckForNull
    private static String toldByNvml(Machine machine) {
        Inventory inventory = machine.driver().inventory();
        return inventory == null ? null : Objects.toString(inventory.driverVersion(), null);
    }

    /** Null if the module isn't loaded, or doesn't say. */
    @CheckForNull
    static String moduleVersion(@NonNull HostFiles files) {
        Matcher version = MODULE.matcher(files.textOrEmpty("/proc/driver/nvidia/version"));
        return version.find() ? version.group(1) : null;
    }
}
