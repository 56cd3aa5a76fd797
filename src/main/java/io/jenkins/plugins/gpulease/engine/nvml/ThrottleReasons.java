package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.FUNCTION_NOT_FOUND;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import com.sun.jna.ptr.LongByReference;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;

/**
 * What slows a GPU's clocks down (NVML API Reference Guide, {@code nvmlClocksEventReasons}). Being idle (0x1) and clocks that
 * somebody has set (0x2 for applications, 0x100 for displays) are no throttling.
 */
final class ThrottleReasons {

    private record Reason(long bit, String name) {}

    private static final List<Reason> REASONS = List.of(
            new Reason(0x4, "power cap"),
            new Reason(0x8, "hw slowdown"),
            new Reason(0x10, "sync boost"),
            new Reason(0x20, "thermal"),
            new Reason(0x40, "hw thermal"),
            new Reason(0x80, "power brake"));

    private ThrottleReasons() {}

    /** Names, in the order of NVML's bits; empty if nothing slows it down or the driver can't tell. */
    @NonNull
    static List<String> of(@NonNull NvmlDevice gpu) {
        LongByReference bits = new LongByReference();
        int code = gpu.ask(gpu.nvml()::nvmlDeviceGetCurrentClocksThrottleReasons, bits);
        if (code == FUNCTION_NOT_FOUND) {
            code = gpu.ask(gpu.nvml()::nvmlDeviceGetCurrentClocksEventReasons, bits);
        }
        return code == SUCCESS && bits.getValue() != -1 ? names(bits.getValue()) : List.of();
    }

    private static List<String> names(long bits) {
        List<String> names = new ArrayList<>();
        for (Reason reason : REASONS) {
            if ((bits & reason.bit()) != 0) {
                names.add(reason.name());
            }
        }
        return names;
    }
}
