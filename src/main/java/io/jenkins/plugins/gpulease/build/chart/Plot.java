package io.jenkins.plugins.gpulease.build.chart;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;
import java.util.Locale;

/**
 * A rectangle of a drawing into which values are plotted, from its lower left corner.
 *
 * @param left in units of the drawing, as are all four
 * @param maxX value at the right edge; 0 or less counts as 1
 * @param maxY value at the upper edge; 0 or less counts as 1
 */
public record Plot(int left, int top, int width, int height, double maxX, double maxY) {

    public Plot {
        maxX = maxX > 0 ? maxX : 1;
        maxY = maxY > 0 ? maxY : 1;
    }

    /**
     * A value of a curve.
     *
     * @param y null if unknown: the curve has a gap there
     */
    public record Value(double x, @CheckForNull Double y) {}

    public int right() {
        return left + width;
    }

    public int bottom() {
        return top + height;
    }

    /** Where a value is; one beyond the edge is at the edge. */
    @NonNull
    public String x(double value) {
        return coordinate(left + width * share(value, maxX));
    }

    /** @see #x */
    @NonNull
    public String y(double value) {
        return coordinate(top + height * (1 - share(value, maxY)));
    }

    /** How high a bar of that value is. */
    @NonNull
    public String barHeight(double value) {
        return coordinate(height * share(value, maxY));
    }

    /** How wide that much of the axis is. */
    @NonNull
    public String columnWidth(double value) {
        return coordinate(width * share(value, maxX));
    }

    private static double share(double value, double max) {
        return Math.max(0, Math.min(1, value / max));
    }

    @NonNull
    static String coordinate(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** The data of a path through the values; empty if none is known. One that stands alone is a dot, if line ends are round. */
    @NonNull
    public String path(@NonNull List<Value> values) {
        StringBuilder path = new StringBuilder();
        boolean down = false;
        for (Value value : values) {
            Double known = value.y();
            if (known != null) {
                path.append(down ? "L" : "M").append(x(value.x())).append(' ').append(y(known));
                path.append(down ? "" : "h0");
            }
            down = known != null;
        }
        return path.toString();
    }
}
