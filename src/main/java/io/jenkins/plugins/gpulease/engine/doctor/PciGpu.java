package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A GPU of NVIDIA's on the PCI bus, as the kernel shows it.
 *
 * @param address such as {@code 0000:1b:00.0}
 * @param driver the kernel's driver that has it; null if none has
 * @param answering whether it still answers: all bits of what has fallen off the bus are ones
 */
record PciGpu(@NonNull String address, @CheckForNull String driver, boolean answering) {

    private static final String DEVICES = "/sys/bus/pci/devices";
    private static final String NVIDIA = "0x10de";

    /** PCI base class 03, "display controller". */
    private static final String DISPLAY = "0x03";

    /** All of a machine, in the order of their addresses. */
    @NonNull
    static List<PciGpu> of(@NonNull HostFiles files) throws IOException {
        List<PciGpu> gpus = new ArrayList<>();
        for (String address : files.names(DEVICES)) {
            String folder = DEVICES + "/" + address;
            if (word(files, folder + "/vendor").equals(NVIDIA) && word(files, folder + "/class").startsWith(DISPLAY)) {
                gpus.add(new PciGpu(address, files.targetName(folder + "/driver"), isAnswering(files, folder + "/config")));
            }
        }
        return gpus;
    }

    private static String word(HostFiles files, String path) {
        return files.textOrEmpty(path).strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isAnswering(HostFiles files, String config) {
        try {
            byte[] vendor = files.head(config, 2);
            return vendor.length < 2 || vendor[0] != -1 || vendor[1] != -1;
        } catch (IOException e) {
            return true; // nothing tells that it doesn't
        }
    }

    boolean isOf(@NonNull String kernelDriver) {
        return kernelDriver.equals(driver);
    }

    /** Whether NVML means this one. */
    boolean isAt(@NonNull String pciBusId) {
        return pciBusId.endsWith(address);
    }

    @Override
    public String toString() {
        return address;
    }
}
