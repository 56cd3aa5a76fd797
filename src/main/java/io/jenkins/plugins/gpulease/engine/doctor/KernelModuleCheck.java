package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Whether the kernel has NVIDIA's driver, and whether that has the GPUs. */
final class KernelModuleCheck implements Check {

    private static final Pattern NVIDIA_MODULE = Pattern.compile("/nvidia\\.ko\\S*:");
    private static final List<String> FOR_GUESTS = List.of("vfio-pci", "pci-stub");

    @NonNull
    @Override
    public String topic() {
        return "Kernel module";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) throws IOException {
        List<PciGpu> gpus = machine.pciGpus();
        boolean loaded = machine.isModuleLoaded();
        List<Finding> findings = new ArrayList<>();
        taken(gpus).forEach((driver, addresses) -> findings.add(taken(driver, addresses, loaded)));
        List<PciGpu> without = gpus.stream().filter(gpu -> gpu.driver() == null).toList();
        if (!loaded && !without.isEmpty()) {
            findings.add(missing(machine));
        } else if (loaded) {
            findings.addAll(loaded(machine, without));
        }
        return findings;
    }

    /** GPUs that another driver has, by its name. */
    private static Map<String, List<String>> taken(List<PciGpu> gpus) {
        Map<String, List<String>> taken = new TreeMap<>();
        for (PciGpu gpu : gpus) {
            String driver = gpu.driver();
            if (driver != null && !driver.equals("nvidia")) {
                taken.computeIfAbsent(driver, name -> new ArrayList<>()).add(gpu.address());
            }
        }
        return taken;
    }

    private Finding taken(String driver, List<String> gpus, boolean loaded) {
        String found = "The driver '" + driver + "' has " + Finding.names(gpus) + ", so NVIDIA's can't";
        if (FOR_GUESTS.contains(driver)) {
            String cure = "It is reserved for virtual machines. To use it here, take it out of the options of vfio-pci"
                    + " (/etc/modprobe.d, kernel command line) and reboot.";
            return loaded ? warning(found, cure) : problem(found, cure);
        }
        return problem(found, driver.equals("nouveau")
                ? "Keep nouveau away: write 'blacklist nouveau' and 'options nouveau modeset=0' into"
                        + " /etc/modprobe.d/blacklist-nouveau.conf, run 'sudo update-initramfs -u' (Fedora, RHEL: 'sudo dracut"
                        + " --force'), and reboot."
                : "Unload that driver, or keep it away in /etc/modprobe.d, and reboot.");
    }

    private Finding missing(Machine machine) throws IOException {
        String kernel = machine.files().textOrEmpty("/proc/sys/kernel/osrelease").strip();
        String modules = "/lib/modules/" + kernel + "/modules.dep";
        if (kernel.isEmpty() || !machine.files().exists(modules)) {
            return problem("NVIDIA's kernel module is not loaded",
                    "Run 'sudo modprobe nvidia' (on the host if this is a container); if that fails, install NVIDIA's driver"
                            + " there.");
        }
        return NVIDIA_MODULE.matcher(machine.files().text(modules)).find()
                ? problem("NVIDIA's kernel module is installed for kernel " + kernel + ", but not loaded",
                        "Run 'sudo modprobe nvidia'; if that fails, 'sudo dmesg' says why. \"Key was rejected\" means Secure"
                                + " Boot: enrol the key of the module (mokutil), or switch Secure Boot off.")
                : problem("There is no NVIDIA kernel module for kernel " + kernel,
                        "Install NVIDIA's driver; if it is installed, a new kernel lacks its module: install the headers of this"
                                + " kernel, run 'sudo dkms autoinstall' and 'sudo modprobe nvidia', or boot the kernel from"
                                + " before.");
    }

    private List<Finding> loaded(Machine machine, List<PciGpu> without) {
        List<Finding> findings = new ArrayList<>();
        if (!without.isEmpty()) {
            findings.add(problem("NVIDIA's kernel module is loaded, but doesn't take " + Finding.names(without),
                    "'sudo dmesg | grep NVRM' says why: the GPU may be too old for this driver (use a legacy branch), too new"
                            + " (use a newer one), or need the open kernel modules."));
        }
        if (!machine.modules().isEmpty() && !machine.modules().contains("nvidia_uvm")) {
            findings.add(warning("The kernel module nvidia_uvm is not loaded: NVML works, but CUDA needs it",
                    "Run 'sudo modprobe nvidia_uvm' and let it be loaded at boot (a line 'nvidia_uvm' in a file in"
                            + " /etc/modules-load.d). Where nvidia-modprobe is installed, the first CUDA program of a host loads"
                            + " it."));
        }
        return findings.isEmpty() ? List.of(ok("NVIDIA's kernel module is loaded")) : findings;
    }
}
