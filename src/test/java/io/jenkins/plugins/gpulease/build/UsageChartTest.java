package io.jenkins.plugins.gpulease.build;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.UsagePoint;
import java.util.List;
import org.junit.Test;

public class UsageChartTest {

    private static final MemorySize TOTAL = MemorySize.ofMib(1_000);

    private static UsageChart chart(MemorySize total, MemorySize asked, UsagePoint... points) {
        return new UsageChart(List.of(points), total, asked);
    }

    @Test
    public void memoryIsDrawnAgainstTheDevicesTotal() {
        UsageChart chart = chart(TOTAL, null, new UsagePoint(0, 0L, 0), new UsagePoint(50, 500L, 0), new UsagePoint(100, 1_000L, 0));

        assertEquals("M84 112h0L276 67L468 22", chart.memoryPath());
        assertEquals("1000 MiB", chart.mostMemoryText());
        assertEquals("16 GB", chart(MemorySize.parse("16 GB"), null, new UsagePoint(1, 1L, 1)).mostMemoryText());
    }

    @Test
    public void utilizationIsDrawnAgainstAHundredPercent() {
        UsageChart chart = chart(TOTAL, null, new UsagePoint(0, 0L, 0), new UsagePoint(100, 0L, 50));

        assertEquals("M84 192h0L468 167", chart.utilizationPath());
    }

    @Test
    public void aCourseHasAGapWhereNothingIsKnown() {
        UsageChart chart = chart(TOTAL, null, new UsagePoint(0, 0L, 0), new UsagePoint(50, null, 50), new UsagePoint(100, 0L, null));

        assertEquals("M84 112h0M468 112h0", chart.memoryPath());
    }

    @Test
    public void whatWasAskedForIsALine() {
        assertEquals("67", chart(TOTAL, MemorySize.ofMib(500), new UsagePoint(9, 0L, 0)).askedY());
        assertNull(chart(TOTAL, null, new UsagePoint(9, 0L, 0)).askedY());
    }

    @Test
    public void aDeviceThatDoesNotTellItsMemoryIsDrawnAgainstTheMostThereWas() {
        assertEquals("700 MiB", chart(null, MemorySize.ofMib(500), new UsagePoint(9, 700L, 0)).mostMemoryText());
        assertEquals("500 MiB", chart(null, MemorySize.ofMib(500), new UsagePoint(9, 300L, 0)).mostMemoryText());
        assertEquals("1 MiB", chart(null, null, new UsagePoint(9, null, null)).mostMemoryText());
    }

    @Test
    public void theAxisHasReadableTimes() {
        List<String> labels = chart(TOTAL, null, new UsagePoint(90, 1L, 1)).marks().stream().map(UsageChart.Mark::label).toList();

        assertEquals(List.of("0", "30 s", "1 min", "1 min 30 s"), labels);
    }
}
