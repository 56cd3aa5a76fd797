package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the driver's library can be found and loaded. */
final class LibraryCheck implements Check {

    @NonNull
    @Override
    public String topic() {
        return "NVML library";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) throws IOException {
        List<Finding> findings = new ArrayList<>();
        List<String> files = NvmlFiles.all(machine);
        String loaded = machine.driver().library();
        if (loaded != null) {
            findings.add(ok("Loaded from " + loaded));
        } else if (machine.driver().inventory() != null) {
            findings.addAll(notSeen(machine, files));
        }
        stubs(machine, findings);
        versions(machine, files, findings);
        return findings;
    }

    /** Its loading failed, or the system doesn't tell where it was loaded from; then NVML has answered. */
    private List<Finding> notSeen(Machine machine, List<String> files) throws IOException {
        if (!files.isEmpty()) {
            return List.of(machine.driver().answer() == null ? unusable(files) : ok("There is " + Finding.names(files)));
        }
        boolean missed = machine.driver().answer() == null && machine.hasHardware();
        return missed ? List.of(missing(machine.container() != null)) : List.of();
    }

    private Finding missing(boolean inContainer) {
        return problem(NvmlFiles.NAME + " isn't in any of the usual places",
                inContainer
                        ? "The NVIDIA Container Toolkit mounts it into the container if NVIDIA_DRIVER_CAPABILITIES has"
                                + " 'utility'; see the findings on the container."
                        : "Install the libraries of NVIDIA's driver, in the version of the kernel module (Debian: libnvidia-ml1"
                                + " or nvidia-smi, Ubuntu: nvidia-utils-…, RHEL: nvidia-driver-cuda); or tell its path"
                                + " (--library, in Jenkins 'Path of the NVML library' of the node).");
    }

    private Finding unusable(List<String> files) {
        return problem("There is " + Finding.names(files) + ", but it wasn't loaded; the finding on NVML says why",
                "Run 'sudo ldconfig'. Is it a library for this processor, and of the driver that runs? Else tell the path of the"
                        + " right one (--library, in Jenkins the node's configuration).");
    }

    private void stubs(Machine machine, List<Finding> findings) {
        List<String> stubs = NvmlFiles.searchPath(machine).stream()
                .filter(NvmlFiles::isStub)
                .filter(machine.files()::exists)
                .toList();
        if (!stubs.isEmpty()) {
            findings.add(warning("LD_LIBRARY_PATH has a folder of the CUDA toolkit's stubs, which are made for linking only: "
                            + Finding.names(stubs),
                    "Take it out of LD_LIBRARY_PATH of the agent, and of jobs that run programs."));
        }
    }

    private void versions(Machine machine, List<String> files, List<Finding> findings) {
        Set<String> versions = files.stream()
                .map(file -> NvmlFiles.versionOf(machine, file))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (versions.size() > 1) {
            findings.add(warning("There are libraries of " + versions.size() + " drivers: " + Finding.names(files.stream()
                            .map(file -> file + " (" + Objects.toString(NvmlFiles.versionOf(machine, file), "unknown") + ")")
                            .toList()),
                    "Remove the ones whose version isn't the kernel module's: which one a program gets is a matter of luck."));
        }
    }
}
