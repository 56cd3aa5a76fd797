package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Whether a machine has something of NVIDIA's, told from files alone: cheap, and safe where NVML is not. A probe is worth
 * starting only where it does.
 */
public final class NvidiaHardware {

    private static final String LINUX_LIBRARY = "libnvidia-ml.so.1";
    private static final String WSL_LIBRARY = "usr/lib/wsl/lib/" + LINUX_LIBRARY;
    private static final String NVIDIA_VENDOR = "0x10de";

    /** PCI base class 03, "display controller": VGA and 3D controllers, so no NVIDIA sound or network devices. */
    private static final String DISPLAY_CLASS = "0x03";

    private static final List<String> DRIVER_FILES =
            List.of("proc/driver/nvidia/version", "proc/driver/nvidia", "dev/nvidiactl", "dev/nvidia0");

    private final Path root;

    private NvidiaHardware(Path root) {
        this.root = root;
    }

    /** The machine that this runs on. */
    @NonNull
    public static NvidiaHardware ofThisMachine() {
        return new NvidiaHardware(Path.of("/"));
    }

    /** A machine whose files are below a folder. */
    @NonNull
    public static NvidiaHardware below(@NonNull Path root) {
        return new NvidiaHardware(root);
    }

    /** Whether looking for GPUs is worth it: there is evidence of hardware, or somebody has configured a library. */
    public boolean isWorthProbing(@CheckForNull String configuredLibrary) {
        return configuredLibrary != null && !configuredLibrary.isBlank() || evidence() != null;
    }

    /** What tells that there is NVIDIA hardware, for people; null if nothing does. */
    @CheckForNull
    public String evidence() {
        return Stream.concat(driverFiles(), Stream.concat(windowsLibraries(), pciDevices()))
                .findFirst()
                .orElse(null);
    }

    private Stream<String> driverFiles() {
        // On WSL /dev/dxg alone may be another vendor's GPU: the library is there exactly if Windows has NVIDIA's driver.
        Stream<String> wsl = Files.exists(root.resolve("dev/dxg")) ? Stream.of(WSL_LIBRARY) : Stream.empty();
        return Stream.concat(DRIVER_FILES.stream(), wsl)
                .filter(file -> Files.exists(root.resolve(file)))
                .map(file -> "/" + file);
    }

    private Stream<String> pciDevices() {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(root.resolve("sys/bus/pci/devices"))) {
            for (Path device : devices) {
                if (first(device, "vendor").equals(NVIDIA_VENDOR) && first(device, "class").startsWith(DISPLAY_CLASS)) {
                    found.add("PCI device " + device.getFileName());
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Stream.empty(); // no PCI bus, or none that can be seen
        }
        return found.stream().sorted();
    }

    private static String first(Path folder, String file) throws IOException {
        Path path = folder.resolve(file);
        return Files.isReadable(path) ? Files.readString(path).strip().toLowerCase(Locale.ROOT) : "";
    }

    private static Stream<String> windowsLibraries() {
        return isWindows() ? libraryCandidates().stream().filter(file -> Files.exists(Path.of(file))) : Stream.empty();
    }

    /** Where drivers put the library, in the order to try. */
    static List<String> libraryCandidates() {
        if (!isWindows()) {
            // The unversioned name comes with the CUDA toolkit's stubs, not with drivers.
            return List.of(LINUX_LIBRARY, "/" + WSL_LIBRARY, "/run/opengl-driver/lib/" + LINUX_LIBRARY);
        }
        String windows = System.getenv().getOrDefault("WINDIR", "C:\\Windows");
        String programs = System.getenv().getOrDefault("ProgramFiles", "C:\\Program Files");
        return List.of(windows + "\\System32\\nvml.dll", programs + "\\NVIDIA Corporation\\NVSMI\\nvml.dll");
    }

    private static boolean isWindows() {
        return System.getProperty("os.name", "").startsWith("Windows");
    }
}
