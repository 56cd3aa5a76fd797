package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;

/** Whether the kernel's list of devices for a container or a service keeps GPUs away that the files' permissions allow. */
final class DeviceCgroupCheck implements Check {

    @NonNull
    @Override
    public String topic() {
        return "Device access";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        List<String> forbidden = machine.driver().opened(DriverNote.Opened.Outcome.FORBIDDEN).stream()
                .map(DriverNote.Opened::path)
                .toList();
        if (forbidden.isEmpty()) {
            return List.of();
        }
        return List.of(problem("The kernel forbids to open " + Finding.names(forbidden)
                        + ", though the files are there: a control group has no such devices on its list",
                machine.container() != null
                        ? "Start the container anew, with GPUs ('docker run --gpus all'). If it worked until 'systemctl"
                                + " daemon-reload' ran on the host, let the GPUs come by CDI ('--device nvidia.com/gpu=all')."
                        : "A systemd service needs 'DeviceAllow=char-nvidia-frontend rw', 'DeviceAllow=char-nvidia-uvm rw', or"
                                + " no DeviceAllow= at all; a batch system, a job that asks for GPUs."));
    }
}
