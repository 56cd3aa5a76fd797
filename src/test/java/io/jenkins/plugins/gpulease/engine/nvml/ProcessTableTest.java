package io.jenkins.plugins.gpulease.engine.nvml;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.Test;

public class ProcessTableTest {

    private static final int ROOM = 8;

    /** A buffer as a driver leaves it; it doesn't touch the padding behind a pid. */
    private static byte[] written(int stride, int count) {
        byte[] bytes = new byte[ROOM * ProcessTable.WIDEST];
        Arrays.fill(bytes, ProcessTable.SENTINEL);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            buffer.putInt(i * stride, 100 + i);
            buffer.putLong(i * stride + 8, 1L << 20);
            for (int at = 16; at < stride; at += 4) {
                buffer.putInt(i * stride + at, -1);
            }
        }
        return bytes;
    }

    @Test
    public void theStrideIsWhatWasWrittenAndNotWhatIsDocumented() {
        for (int stride : new int[] {16, 24, 32}) {
            for (int count = 1; count <= ROOM; count++) {
                for (int documented : new int[] {16, 24}) {
                    assertEquals(stride, ProcessTable.stride(written(stride, count), count, documented));
                }
            }
        }
    }

    @Test
    public void theDocumentedStrideIsTakenWhereMeasuringTellsNothing() {
        byte[] zeroed = new byte[ROOM * ProcessTable.WIDEST];
        assertEquals(24, ProcessTable.stride(zeroed, 2, 24));
        assertEquals(16, ProcessTable.stride(zeroed, 2, 16));
    }

    @Test
    public void entriesAreReadAtTheirStride() {
        List<ProcessTable.Entry> entries = ProcessTable.entries(written(32, 3), 3, 24);
        assertEquals(List.of(100L, 101L, 102L), entries.stream().map(ProcessTable.Entry::pid).toList());
        assertEquals(MemorySize.ofMib(1), entries.get(2).memory());
    }

    @Test
    public void allOnesIsUnknownMemory() {
        byte[] bytes = written(24, 1);
        Arrays.fill(bytes, 8, 16, (byte) 0xFF);
        assertNull(ProcessTable.entries(bytes, 1, 24).get(0).memory());
    }

    @Test
    public void aCountThatIsTooLargeIsCutToTheBuffer() {
        assertEquals(ROOM * 32 / 24, ProcessTable.entries(written(24, ROOM), 1_000, 24).size());
    }

    @Test
    public void nothingWrittenMeansNoEntries() {
        assertEquals(List.of(), ProcessTable.entries(written(24, 0), 0, 24));
    }
}
