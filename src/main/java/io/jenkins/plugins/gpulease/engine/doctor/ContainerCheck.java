package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Whether a container was given GPUs, and what of the driver. */
final class ContainerCheck implements Check {

    private static final String VISIBLE = "NVIDIA_VISIBLE_DEVICES";
    private static final String CAPABILITIES = "NVIDIA_DRIVER_CAPABILITIES";
    private static final Pattern DRIVER_FILE = Pattern.compile("nvidia(ctl|\\d+)");

    /** CDI sets "void" where devices come by it. */
    private static final Set<String> NOTHING = Set.of("none", "");

    @NonNull
    @Override
    public String topic() {
        return "Container";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) throws IOException {
        String evidence = machine.container();
        if (evidence == null) {
            return List.of(ok("This is no container"));
        }
        List<Finding> findings = new ArrayList<>();
        boolean hasFiles = machine.isWsl()
                || machine.files().names("/dev").stream().anyMatch(name -> DRIVER_FILE.matcher(name).matches());
        if (!hasFiles && !machine.driver().hasDevices() && machine.hasHardware()) {
            findings.add(withoutGpus(machine.environment().get(VISIBLE)));
        }
        if (machine.hasHardware()) {
            capabilities(machine.environment().get(CAPABILITIES), findings);
        }
        if (findings.isEmpty()) {
            findings.add(info("This is a container (" + evidence + "): it sees the GPUs that it was given, and no processes of"
                    + " others", null));
        }
        return findings;
    }

    private Finding withoutGpus(String visible) {
        return visible == null || NOTHING.contains(visible)
                ? problem("This is a container without GPUs: " + VISIBLE + " is " + (visible == null ? "not"
                        + " set" : "'" + visible + "'"),
                        "Start it with GPUs: 'docker run --gpus all', 'podman run --device nvidia.com/gpu=all', in Kubernetes a"
                                + " limit 'nvidia.com/gpu'; the host needs the NVIDIA Container Toolkit or the device plugin.")
                : problem("This is a container with " + VISIBLE + "='" + visible + "', but without the GPUs' device files",
                        "The NVIDIA Container Toolkit didn't act: install it on the host, run 'sudo nvidia-ctk runtime configure"
                                + " --runtime=docker', restart Docker, and start the container with '--gpus all' or"
                                + " '--runtime=nvidia'.");
    }

    private void capabilities(String value, List<Finding> findings) {
        if (value == null || value.isBlank()) {
            return; // the toolkit's default has what is needed
        }
        List<String> capabilities = List.of(value.trim().split("\\s*,\\s*"));
        if (!capabilities.contains("all") && !capabilities.contains("utility")) {
            findings.add(problem(CAPABILITIES + "='" + value + "' lacks 'utility', so the container has no NVML",
                    "Start the container with '-e " + CAPABILITIES + "=compute,utility', or with 'all'."));
        } else if (!capabilities.contains("all") && !capabilities.contains("compute")) {
            findings.add(warning(CAPABILITIES + "='" + value + "' lacks 'compute', so CUDA programs fail in this container",
                    "Start the container with '-e " + CAPABILITIES + "=compute,utility', or with 'all'."));
        }
    }
}
