package io.jenkins.plugins.gpulease.engine.nvml;

import com.sun.jna.InvocationMapper;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Finds and loads the driver's NVML library. */
final class NvmlLibrary {

    private static final Logger LOGGER = Logger.getLogger(NvmlLibrary.class.getName());

    /** Never dropped: when JNA's library object is collected it unloads NVML, and calls then fail or crash. */
    private static final Map<String, Nvml> LOADED = new ConcurrentHashMap<>();

    private static final Map<String, ?> OPTIONS =
            Map.of(Library.OPTION_INVOCATION_MAPPER, (InvocationMapper) NvmlLibrary::handlerOfMissing);

    private NvmlLibrary() {}

    /**
     * Loads the library, once per process.
     *
     * @param configured absolute path; only this library is tried then, so that a mistake shows. Null: where drivers put it
     * @throws NvmlUnavailableException if there is none
     */
    @NonNull
    static Nvml load(@CheckForNull String configured, @NonNull NvidiaHardware hardware) throws NvmlUnavailableException {
        return configured == null ? loadInstalled(hardware) : loadConfigured(configured);
    }

    private static Nvml loadConfigured(String path) throws NvmlUnavailableException {
        if (!Path.of(path).isAbsolute() || !Files.isRegularFile(Path.of(path))) {
            throw failed("The configured NVML library '" + path + "' is no file. Set the absolute path of the driver's"
                    + " libnvidia-ml.so.1 (Windows: nvml.dll), or leave the path empty to search for it.");
        }
        if (isToolkitStub(Path.of(path))) {
            throw failed("The configured NVML library " + path + " is a stub of the CUDA toolkit, made for linking only."
                    + " Set the path of the driver's own library, or leave the path empty to search for it.");
        }
        try {
            return LOADED.computeIfAbsent(path, NvmlLibrary::open);
        } catch (LinkageError e) {
            throw failed("The configured NVML library " + path + " can't be used: " + firstLine(e)
                    + ". Set the path of the driver's own library, or leave the path empty to search for it.");
        }
    }

    private static Nvml loadInstalled(NvidiaHardware hardware) throws NvmlUnavailableException {
        List<String> faults = new ArrayList<>();
        for (String candidate : NvidiaHardware.libraryCandidates()) {
            try {
                return LOADED.computeIfAbsent(candidate, NvmlLibrary::open);
            } catch (LinkageError e) {
                LOGGER.log(Level.FINE, e, () -> "Can't load " + candidate);
                faults.add(candidate + ": " + firstLine(e));
            }
        }
        String evidence = hardware.evidence();
        if (evidence == null) {
            throw new NvmlUnavailableException(
                    Status.NO_HARDWARE, "This machine has no NVIDIA GPU and no NVIDIA driver.");
        }
        throw failed("There is NVIDIA hardware (" + evidence + "), but the driver's library can't be loaded: install the"
                + " NVIDIA driver (in a container: the NVIDIA Container Toolkit, with the capability 'utility'), or set the"
                + " path of the library. Tried " + String.join("; ", faults) + ".");
    }

    /** @throws LinkageError if it can't be loaded, or is something else */
    private static Nvml open(String name) {
        if (Path.of(name).isAbsolute() && !Files.exists(Path.of(name))) {
            throw new UnsatisfiedLinkError("no such file");
        }
        NativeLibrary library = NativeLibrary.getInstance(name, OPTIONS);
        Path stub = mappedStub(name);
        if (stub != null) {
            library.close();
            throw new UnsatisfiedLinkError("found only the CUDA toolkit's stub " + stub + "; take its folder out of LD_LIBRARY_PATH");
        }
        try {
            library.getFunction("nvmlInit_v2");
        } catch (UnsatisfiedLinkError e) {
            library.close();
            throw new UnsatisfiedLinkError("it is not NVML, because it has no function nvmlInit_v2");
        }
        return Native.load(name, Nvml.class, OPTIONS);
    }

    /** JNA asks once per function: one that the driver lacks gets a handler that says so, and the others none. */
    @CheckForNull
    private static InvocationHandler handlerOfMissing(NativeLibrary library, Method method) {
        try {
            library.getFunction(method.getName());
            return null;
        } catch (UnsatisfiedLinkError e) {
            LOGGER.log(Level.FINE, "The driver has no {0}", method.getName());
            return (proxy, called, arguments) -> ReturnCode.FUNCTION_NOT_FOUND;
        }
    }

    static boolean isToolkitStub(Path library) {
        for (Path part : library) {
            if (part.toString().equals("stubs")) {
                return true;
            }
        }
        return false;
    }

    /** A library that was found by its bare name may come from anywhere; Linux tells where from. */
    @CheckForNull
    private static Path mappedStub(String name) {
        return name.contains("/")
                ? null
                : mapped("/" + name).stream().filter(NvmlLibrary::isToolkitStub).findFirst().orElse(null);
    }

    /** The files of NVML that this process has loaded, links resolved; empty if there are none, or this isn't Linux. */
    @NonNull
    static List<Path> loadedFiles() {
        return mapped("/libnvidia-ml.so");
    }

    private static List<Path> mapped(String name) {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.isReadable(maps)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.filter(line -> line.contains(name))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .distinct()
                    .toList();
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.FINE, e, () -> "Can't see where " + name + " was found");
            return List.of();
        }
    }

    private static String firstLine(Throwable fault) {
        String message = String.valueOf(fault.getMessage()).strip();
        return message.lines().findFirst().orElse(fault.getClass().getSimpleName());
    }

    private static NvmlUnavailableException failed(String message) {
        return new NvmlUnavailableException(Status.FAILED, message);
    }
}
