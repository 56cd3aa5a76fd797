package io.jenkins.plugins.gpulease.build.chart;

import static org.junit.Assert.assertEquals;

import java.util.List;
import org.junit.Test;

public class PlotTest {

    private final Plot plot = new Plot(60, 20, 400, 100, 10, 50);

    @Test
    public void valuesStartInTheLowerLeftCorner() {
        assertEquals("60", plot.x(0));
        assertEquals("120", plot.y(0));
        assertEquals("460", plot.x(10));
        assertEquals("20", plot.y(50));
        assertEquals("93.3", plot.x(10 / 12.0));
    }

    @Test
    public void whatIsBeyondTheEdgeIsAtTheEdge() {
        assertEquals("460", plot.x(11));
        assertEquals("20", plot.y(1e300));
        assertEquals("120", plot.y(-1));
        assertEquals("100", plot.barHeight(60));
    }

    @Test
    public void aCurveHasAGapWhereNothingIsKnown() {
        assertEquals(
                "M60 120h0L100 20M140 70h0",
                plot.path(List.of(value(0, 0.0), value(1, 50.0), value(1.5, null), value(2, 25.0))));
    }

    @Test
    public void anAxisWithoutLengthIsNoDivisionByZero() {
        assertEquals("60", new Plot(60, 20, 400, 100, 0, 0).x(0));
        assertEquals("120", new Plot(60, 20, 400, 100, 0, 0).y(0));
    }

    private static Plot.Value value(double x, Double y) {
        return new Plot.Value(x, y);
    }
}
