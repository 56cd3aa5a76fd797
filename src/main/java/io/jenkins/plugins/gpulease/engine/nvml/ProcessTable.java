package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a driver writes into a buffer of {@code nvmlProcessInfo_t}: pid at 0, used memory at 8, and so on; 16 bytes each in
 * version 1, 24 in versions 2 and 3. The drivers 535.43 to 535.86 write 32 in version 3 and don't say so; hence the stride is
 * measured: the buffer is filled with a sentinel first, and what is overwritten tells.
 */
final class ProcessTable {

    /** Not zero and not all ones, which drivers write. */
    static final byte SENTINEL = (byte) 0xA5;

    /** The widest entry that any driver is known to write. */
    static final int WIDEST = 32;

    private static final int[] STRIDES = {16, 24, 32};

    private ProcessTable() {}

    /**
     * An entry of the table.
     *
     * @param memory null if the driver can't tell (all ones)
     */
    record Entry(long pid, @CheckForNull MemorySize memory) {}

    /**
     * Reads entries.
     *
     * @param written the buffer, which was full of sentinels
     * @param count how many entries the driver claims
     * @param documented stride to assume if measuring gives nothing plausible
     */
    @NonNull
    static List<Entry> entries(@NonNull byte[] written, int count, int documented) {
        int stride = stride(written, count, documented);
        ByteBuffer buffer = ByteBuffer.wrap(written).order(ByteOrder.nativeOrder());
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count && (i + 1) * stride <= written.length; i++) {
            long used = buffer.getLong(i * stride + 8);
            entries.add(new Entry(
                    Integer.toUnsignedLong(buffer.getInt(i * stride)), used < 0 ? null : MemorySize.ofBytes(used)));
        }
        return entries;
    }

    static int stride(byte[] written, int count, int documented) {
        int end = written.length;
        while (end > 0 && written[end - 1] == SENTINEL) {
            end--;
        }
        for (int stride : STRIDES) {
            // An entry's last field has 8 bytes at most; the upper ones might look like sentinels.
            if (end <= stride * count && end > stride * count - 8) {
                return stride;
            }
        }
        return documented;
    }
}
