package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.NO_PERMISSION;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import com.sun.jna.ptr.IntByReference;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Health;
import java.util.Objects;
import java.util.stream.Stream;

/** Whether a GPU is fit for work. */
final class HealthCheck {

    private static final int UNCORRECTED = 1;
    private static final int SINCE_DRIVER_LOAD = 0;

    /**
     * Asks a GPU about its health; what it can't tell counts as healthy.
     *
     * @param gpu a GPU, never a MIG instance; everything else must have been asked before, so that a loss shows
     */
    @NonNull
    Health of(@NonNull NvmlDevice gpu) {
        String memory = memoryProblem(gpu);
        return Stream.of(lossProblem(gpu.fatal()), memory)
                .filter(Objects::nonNull)
                .findFirst()
                .map(Health::sick)
                .orElse(Health.OK);
    }

    /** For people; null if the answer doesn't mean that the GPU is gone. */
    @CheckForNull
    static String lossProblem(int code) {
        return switch (code) {
            case SUCCESS -> null;
            case NO_PERMISSION -> "The GPU does not answer: " + ReturnCode.describe(code)
                    + ". Allow the user of this process to read and write its /dev/nvidia<N>, or hide the GPU from it";
            default -> "The GPU does not answer: " + ReturnCode.describe(code)
                    + ". Look for 'Xid' in the kernel's log ('sudo dmesg'), then " + Health.RESET;
        };
    }

    private static String memoryProblem(NvmlDevice gpu) {
        String rows = rowProblem(gpu);
        if (rows != null) {
            return rows;
        }
        Integer pending = gpu.number(gpu.nvml()::nvmlDeviceGetRetiredPagesPendingStatus);
        if (pending != null && pending == 1) {
            return "Bad memory pages wait to be retired: " + Health.RESET;
        }
        Long errors = gpu.wideNumber((handle, found) ->
                gpu.nvml().nvmlDeviceGetTotalEccErrors(handle, UNCORRECTED, SINCE_DRIVER_LOAD, found));
        return errors == null || errors == 0
                ? null
                : errors + " uncorrectable memory errors since the driver was loaded: " + Health.RESET + "; if they come back, have the GPU replaced";
    }

    private static String rowProblem(NvmlDevice gpu) {
        IntByReference pending = new IntByReference();
        IntByReference failed = new IntByReference();
        int code = gpu.ask(
                (handle, corrected) ->
                        gpu.nvml().nvmlDeviceGetRemappedRows(handle, corrected, new IntByReference(), pending, failed),
                new IntByReference());
        if (code == SUCCESS && failed.getValue() == 1) {
            return "Bad memory rows could not be remapped: have the GPU replaced";
        }
        return code == SUCCESS && pending.getValue() == 1
                ? "Bad memory rows wait to be remapped: " + Health.RESET
                : null;
    }
}
