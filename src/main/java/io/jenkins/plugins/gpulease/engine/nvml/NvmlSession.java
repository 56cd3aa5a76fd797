package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.DRIVER_NOT_LOADED;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.FUNCTION_NOT_FOUND;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.NO_PERMISSION;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.VERSION_MISMATCH;

import com.sun.jna.ptr.IntByReference;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;

/**
 * NVML, initialised.
 *
 * @param driverVersion null if unknown
 * @param cudaVersion the highest that the driver supports; null if unknown. Asked once, because that loads the CUDA driver
 */
record NvmlSession(
        @NonNull Nvml nvml, @CheckForNull DottedVersion driverVersion, @CheckForNull DottedVersion cudaVersion) {

    private static final int VERSION_BUFFER = 80;

    /**
     * Loads and initialises NVML, which takes 1 to 3 seconds for each GPU where persistence mode is off.
     *
     * @throws NvmlUnavailableException if that fails; nothing is initialised then
     */
    @NonNull
    static NvmlSession open(@CheckForNull String libraryPath, @NonNull NvidiaHardware hardware)
            throws NvmlUnavailableException {
        Nvml nvml = NvmlLibrary.load(libraryPath, hardware);
        int code = nvml.nvmlInit_v2();
        if (code != SUCCESS) {
            throw NvmlUnavailableException.refused(code, advice(code));
        }
        return new NvmlSession(nvml, driverVersion(nvml), cudaVersion(nvml));
    }

    void close() {
        nvml.nvmlShutdown();
    }

    private static DottedVersion driverVersion(Nvml nvml) {
        byte[] version = new byte[VERSION_BUFFER];
        boolean known = nvml.nvmlSystemGetDriverVersion(version, version.length) == SUCCESS;
        return known ? versionOrNull(NativeText.of(version)) : null;
    }

    private static DottedVersion cudaVersion(Nvml nvml) {
        IntByReference version = new IntByReference();
        int code = nvml.nvmlSystemGetCudaDriverVersion_v2(version);
        if (code == FUNCTION_NOT_FOUND) {
            code = nvml.nvmlSystemGetCudaDriverVersion(version);
        }
        int number = version.getValue(); // 1000 × major + 10 × minor
        return code == SUCCESS ? versionOrNull(number / 1000 + "." + number % 1000 / 10) : null;
    }

    private static DottedVersion versionOrNull(String text) {
        try {
            return DottedVersion.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String advice(int code) {
        String failure = "NVML can't be initialised: " + ReturnCode.describe(code) + ". ";
        return failure + switch (code) {
            case DRIVER_NOT_LOADED -> "Load NVIDIA's kernel module ('sudo modprobe nvidia'), or reboot after an installation;"
                    + " on a machine without an NVIDIA GPU remove the driver.";
            case VERSION_MISMATCH -> "The driver was upgraded while the old kernel module kept running: reboot the machine,"
                    + " or stop what uses the GPUs and reload the module ('sudo rmmod nvidia', 'sudo modprobe nvidia').";
            case NO_PERMISSION -> "Allow the user of this process to read and write /dev/nvidia* (see 'ls -l /dev/nvidia*';"
                    + " often membership of the group 'video' is missing).";
            default -> "Run 'nvidia-smi' on the machine and look for 'NVRM' in the kernel's log ('sudo dmesg'); where"
                    + " nvidia-smi fails too, reboot.";
        };
    }
}
