package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A machine as the checks see it.
 *
 * @param files its files
 * @param environment of the process that wants GPUs: the agent, or the shell
 * @param properties of the JVM in which the checks run
 * @param driver what the driver said
 * @param use who uses the GPUs
 * @param cuda version that jobs ask for; null if nobody said
 */
record Machine(
        @NonNull HostFiles files,
        @NonNull Map<String, String> environment,
        @NonNull Properties properties,
        @NonNull DriverLook driver,
        @NonNull HostUse use,
        @CheckForNull DottedVersion cuda) {

    boolean isLinux() {
        return property("os.name").equals("Linux");
    }

    @NonNull
    String property(@NonNull String name) {
        return properties.getProperty(name, "");
    }

    /** Linux inside Windows: the GPU comes through a device of Microsoft's, without a kernel module of NVIDIA's. */
    boolean isWsl() {
        return files.exists("/dev/dxg");
    }

    @NonNull
    List<PciGpu> pciGpus() throws IOException {
        return PciGpu.of(files);
    }

    boolean isModuleLoaded() {
        return files.exists("/proc/driver/nvidia/version") || modules().contains("nvidia");
    }

    /** Names of the kernel's modules; empty if they can't be read. */
    @NonNull
    List<String> modules() {
        return files.textOrEmpty("/proc/modules").lines().map(line -> line.split(" ", 2)[0]).toList();
    }

    /** Whether there ought to be a GPU: on the bus, behind the driver, or through Windows. */
    boolean hasHardware() throws IOException {
        return !pciGpus().isEmpty() || isModuleLoaded() || isWsl() || driver.hasDevices();
    }

    /** What tells that this is a container; null if nothing does. */
    @CheckForNull
    String container() {
        return Container.evidence(this);
    }

    /** GPUs and MIG instances that NVML found; those that don't even tell who they are have a stand-in for their UUID. */
    @NonNull
    List<Device> devices() {
        Inventory inventory = driver.inventory();
        return inventory == null ? List.of() : inventory.devices();
    }

    /** GPUs that NVML found. */
    @NonNull
    List<Device> gpus() {
        return devices().stream().filter(device -> !device.isMigInstance()).toList();
    }

    /** For people. */
    @NonNull
    static String name(@NonNull Device device) {
        return "GPU " + device.index() + (device.migProfile() == null ? "" : " " + device.migProfile()) + " (" + device.model()
                + ")";
    }

    /** Names of the GPUs whose look tells something, for people; those that weren't looked at tell nothing. */
    @NonNull
    <T> List<String> gpusWith(@NonNull Function<String, Optional<T>> look, @NonNull Predicate<T> telling) {
        return gpus().stream()
                .filter(gpu -> look.apply(gpu.uuid()).filter(telling).isPresent())
                .map(Machine::name)
                .toList();
    }

    @NonNull
    Optional<Reading> reading(@NonNull Device device) {
        return driver.reading(device.uuid());
    }
}
