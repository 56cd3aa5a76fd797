package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.List;

/** Whether there is a GPU of NVIDIA's at all. */
final class HardwareCheck implements Check {

    private static final String WSL_LIBRARY = "/usr/lib/wsl/lib/libnvidia-ml.so.1";

    @NonNull
    @Override
    public String topic() {
        return "Hardware";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) throws IOException {
        List<PciGpu> gpus = machine.pciGpus();
        if (!gpus.isEmpty()) {
            return List.of(ok(Finding.count(gpus.size(), "NVIDIA GPU") + " on the PCI bus: " + Finding.names(gpus)));
        }
        if (machine.driver().hasDevices()) {
            return List.of(ok("No NVIDIA GPU on the PCI bus, but NVML has one: it is part of the processor, or comes through"
                    + " WSL"));
        }
        return List.of(machine.isWsl() ? withoutWindowsDriver(machine) : absent());
    }

    private Finding absent() {
        return problem("No NVIDIA GPU on the PCI bus",
                "Look with 'lspci -d 10de:', on the host if this is a container. Is a GPU plugged in, powered, and switched on"
                        + " in the firmware? Into a virtual machine it has to be passed through by the host, or by the cloud's"
                        + " machine type.");
    }

    private Finding withoutWindowsDriver(Machine machine) {
        return machine.files().exists(WSL_LIBRARY)
                ? info("Linux in Windows (/dev/dxg), where GPUs aren't on the PCI bus", null)
                : problem("Linux in Windows (/dev/dxg), but without " + WSL_LIBRARY + ": Windows has no NVIDIA driver",
                        "Install NVIDIA's driver in Windows, none in Linux, and run 'wsl --shutdown' in Windows.");
    }
}
