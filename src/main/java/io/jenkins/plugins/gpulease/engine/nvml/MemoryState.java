package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import com.sun.jna.Memory;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;

/**
 * A device's memory; null is what the driver can't tell, which on integrated GPUs is all of it.
 *
 * @param usedIncludesReserve the driver is older than 510, so {@code used} holds its own reserve, too (an idle A100: 912 MB)
 */
record MemoryState(
        @CheckForNull MemorySize total,
        @CheckForNull MemorySize used,
        @CheckForNull MemorySize free,
        boolean usedIncludesReserve) {

    private static final MemoryState UNKNOWN = new MemoryState(null, null, null, false);

    /** {@code nvmlMemory_v2_t}: version at 0, total at 8, reserved at 16, free at 24, used at 32. */
    private static final int SIZE_V2 = 40;

    /** Struct version: number 2 in the highest byte, size in the others. */
    private static final int VERSION_2 = 2 << 24 | SIZE_V2;

    /** {@code nvmlMemory_t}: total at 0, free at 8, used at 16. */
    private static final int SIZE_V1 = 24;

    @NonNull
    static MemoryState of(@NonNull NvmlDevice device) {
        try (Memory memory = new Memory(SIZE_V2)) {
            memory.clear();
            memory.setInt(0, VERSION_2);
            if (device.ask(device.nvml()::nvmlDeviceGetMemoryInfo_v2, memory) == SUCCESS) {
                return new MemoryState(total(memory, 8), size(memory, 32), size(memory, 24), false);
            }
        }
        return ofOldDriver(device);
    }

    private static MemoryState ofOldDriver(NvmlDevice device) {
        try (Memory memory = new Memory(SIZE_V1)) {
            memory.clear();
            if (device.askVital(device.nvml()::nvmlDeviceGetMemoryInfo, memory) == SUCCESS) {
                return new MemoryState(total(memory, 0), size(memory, 16), size(memory, 8), true);
            }
        }
        return UNKNOWN;
    }

    private static MemorySize total(Memory memory, long offset) {
        MemorySize total = size(memory, offset);
        return total == null || total.bytes() == 0 ? null : total;
    }

    /** All ones, NVML's "not available", is negative here. */
    private static MemorySize size(Memory memory, long offset) {
        long bytes = memory.getLong(offset);
        return bytes < 0 ? null : MemorySize.ofBytes(bytes);
    }
}
