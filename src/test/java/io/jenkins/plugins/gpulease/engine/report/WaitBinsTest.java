package io.jenkins.plugins.gpulease.engine.report;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.Test;

public class WaitBinsTest {

    @Test
    public void binsGrowWithTheWait() {
        assertEquals(0, WaitBins.bin(Duration.ZERO));
        assertEquals(0, WaitBins.bin(Duration.ofMillis(999)));
        assertEquals(1, WaitBins.bin(Duration.ofSeconds(1)));
        assertEquals(2, WaitBins.bin(Duration.ofMillis(1_301)));
        assertEquals(16, WaitBins.bin(Duration.ofMinutes(1)));
        assertEquals(WaitBins.LAST, WaitBins.bin(Duration.ofDays(400)));
        assertTrue(WaitBins.bin(Duration.ofDays(1)) < WaitBins.LAST);
    }

    @Test
    public void aQuantileIsKnownToWithinABin() {
        SortedMap<Integer, Integer> counts = new TreeMap<>();
        for (int second = 1; second <= 1_000; second++) {
            counts.merge(WaitBins.bin(Duration.ofSeconds(second)), 1, Integer::sum);
        }
        for (double part : new double[] {0.1, 0.5, 0.95}) {
            double exact = 1_000 * part;
            double told = WaitBins.quantile(counts, part);
            assertTrue(part + ": " + told, told >= exact / WaitBins.RATIO && told <= exact * WaitBins.RATIO);
        }
    }

    @Test
    public void oneWaitIsAllQuantiles() {
        SortedMap<Integer, Integer> counts = new TreeMap<>(Map.of(16, 1));
        assertEquals(WaitBins.quantile(counts, 0.5), WaitBins.quantile(counts, 0.95), 0);
    }
}
