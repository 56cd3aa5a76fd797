package io.jenkins.plugins.gpulease.build.chart;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

public class TicksTest {

    @Test
    public void marksAreRound() {
        assertEquals(List.of(0L), Ticks.seconds(0));
        assertEquals(List.of(0L, 1L, 2L, 3L), Ticks.seconds(3.9));
        assertEquals(List.of(0L, 300L, 600L), Ticks.seconds(12 * 60));
        assertEquals(List.of(0L, 3_600L, 7_200L), Ticks.seconds(2.6 * 3_600));
    }

    @Test
    public void theyAreFewHoweverLongItTook() {
        for (double end = 1; end < Integer.MAX_VALUE; end *= 1.37) {
            int count = Ticks.seconds(end).size();
            assertTrue(end + " s: " + count + " marks", count >= 2 && count <= 6);
        }
    }
}
