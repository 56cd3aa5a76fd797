package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.nvml.NvidiaHardware;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Why a machine's GPUs aren't seen: runs all checks. One that fails says that it can't be told, and doesn't hide the others.
 */
public final class Doctor {

    /** How long {@link #examineThisMachine} takes at most: the driver's deadline, and a little for files. */
    public static final Duration LONGEST = DriverChild.DEADLINE.plusSeconds(10);

    /** In the order in which things have to work. */
    private static final List<Check> CHECKS = List.of(
            new HardwareCheck(),
            new KernelModuleCheck(),
            new DriverVersionCheck(),
            new LibraryCheck(),
            new ContainerCheck(),
            new DeviceFilesCheck(),
            new DeviceCgroupCheck(),
            new NvmlCheck(),
            new LostGpuCheck(),
            new KernelLogCheck(),
            new MigCheck(),
            new ComputeModeCheck(),
            new VisibleDevicesCheck(),
            new ProcessCheck(),
            new MpsCheck(),
            new CudaVersionCheck(),
            new ThrottlingCheck(),
            new PersistenceCheck(),
            new TemporaryFolderCheck(),
            new JavaCheck(),
            new LockCheck());

    private Doctor() {}

    /**
     * Looks at the machine that this runs on, as its user and with its environment. The driver is asked in a child process, if
     * anything points to NVIDIA.
     *
     * @param classPath of the child process: the engine's and JNA's jars or folders
     * @param library absolute path of NVML; null for the usual places
     * @param cuda version that jobs ask for; null if that isn't known
     * @return worst first, and those of equal severity in the order in which things have to work
     */
    @NonNull
    public static List<Finding> examineThisMachine(
            @NonNull List<Path> classPath, @CheckForNull Path library, @CheckForNull DottedVersion cuda)
            throws InterruptedException {
        boolean worth = NvidiaHardware.ofThisMachine().isWorthProbing(library == null ? null : library.toString());
        DriverLook driver = worth ? DriverChild.ask(classPath, library, DriverChild.DEADLINE) : DriverLook.NOT_ASKED;
        Inventory inventory = driver.inventory();
        HostUse use = HostUse.ofThisHost(
                inventory == null ? List.of() : inventory.devices().stream().map(Device::uuid).toList());
        return examine(new Machine(HostFiles.ofThisMachine(), System.getenv(), System.getProperties(), driver, use, cuda));
    }

    @NonNull
    static List<Finding> examine(@NonNull Machine machine) {
        return examine(machine, CHECKS);
    }

    @NonNull
    static List<Finding> examine(@NonNull Machine machine, @NonNull List<Check> checks) {
        List<Finding> findings = new ArrayList<>();
        List<Check> possible = checks.stream().filter(check -> machine.isLinux() || !check.isForLinux()).toList();
        possible.forEach(check -> findings.addAll(examine(machine, check)));
        if (possible.size() < checks.size()) {
            findings.add(leftOut(machine, checks.stream().filter(check -> !possible.contains(check)).toList()));
        }
        findings.sort(Comparator.comparing(Finding::severity));
        return findings;
    }

    private static List<Finding> examine(Machine machine, Check check) {
        try {
            return check.examine(machine);
        } catch (IOException | RuntimeException e) {
            return List.of(check.info("It can't be told: " + e, null));
        }
    }

    private static Finding leftOut(Machine machine, List<Check> checks) {
        return new Finding(Severity.INFO, "Left out",
                "Not looked at on " + machine.property("os.name")
                        + ": " + checks.stream().map(Check::topic).collect(Collectors.joining(", ")),
                null);
    }
}
