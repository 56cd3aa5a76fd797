package io.jenkins.plugins.gpulease.build.trend;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.build.BuildUsage;
import io.jenkins.plugins.gpulease.build.chart.Plot;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The drawing of a trend: for each build a bar for its waiting time, one for its utilisation, one for its peak memory, in three
 * rows.
 *
 * @param builds at least one, oldest first
 */
@Restricted(NoExternalUse.class)
public record TrendChart(@NonNull List<Trend.Build> builds) {

    private static final int LEFT = 84;
    private static final int WIDTH = 384;
    private static final int HEIGHT = 50;
    private static final int ROW = 80;
    private static final int TOP = 22;

    /** Bars of a few builds must not look like blocks. */
    private static final int FEWEST = 12;

    /** A row of the drawing. */
    public record Row(@NonNull String name, @NonNull String kind, @NonNull Plot plot, @NonNull String most, @NonNull List<Bar> bars) {}

    /** A bar, in the drawing's units, and what it says. */
    public record Bar(@NonNull String x, @NonNull String y, @NonNull String width, @NonNull String height, @NonNull String text) {}

    public TrendChart {
        builds = List.copyOf(builds);
    }

    @NonNull
    public List<Row> rows() {
        return List.of(
                row(0, Messages.TrendChart_waited(), "waited", usage -> usage.waited().toMillis(), null, TrendChart::time),
                row(1, Messages.TrendChart_utilization(), "utilization", BuildUsage::meanUtilization, 100.0, TrendChart::percent),
                row(2, Messages.TrendChart_memory(), "memory", BuildUsage::peakMemoryMib, null, TrendChart::memory));
    }

    private Row row(
            int number,
            String name,
            String kind,
            Function<BuildUsage, ? extends Number> value,
            @CheckForNull Double most,
            Function<Number, String> text) {
        double max = most != null ? most : max(value);
        Plot plot = new Plot(LEFT, TOP + ROW * number, WIDTH, HEIGHT, Math.max(FEWEST, builds.size()), max);
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < builds.size(); i++) {
            Trend.Build build = builds.get(i);
            Number known = value.apply(build.usage());
            if (known != null) {
                bars.add(bar(plot, i, known.doubleValue(), build.name() + ": " + text.apply(known)));
            }
        }
        return new Row(name, kind, plot, max <= 0 ? "" : text.apply(max), bars);
    }

    private static Bar bar(Plot plot, int at, double value, String text) {
        return new Bar(plot.x(at + 0.1), plot.y(value), plot.columnWidth(0.8), plot.barHeight(value), text);
    }

    private double max(Function<BuildUsage, ? extends Number> value) {
        return builds.stream().map(build -> (Number) value.apply(build.usage())).filter(Objects::nonNull)
                .mapToDouble(Number::doubleValue).max().orElse(0);
    }

    private static String time(Number millis) {
        return ReadableTime.of(Duration.ofMillis(millis.longValue()));
    }

    private static String percent(Number percent) {
        return percent.intValue() + " %";
    }

    private static String memory(Number mib) {
        return MemorySize.ofMib(mib.longValue()).toString();
    }

    /** The middle of the first bar. */
    @NonNull
    public String firstX() {
        return rows().get(0).plot().x(0.5);
    }

    /** The middle of the last bar. */
    @NonNull
    public String lastX() {
        return rows().get(0).plot().x(builds.size() - 0.5);
    }

    public int bottom() {
        return TOP + 2 * ROW + HEIGHT;
    }

    /** Its number: names may be long. */
    @NonNull
    public String first() {
        return "#" + builds.get(0).number();
    }

    @NonNull
    public String last() {
        return "#" + builds.get(builds.size() - 1).number();
    }

    public int count() {
        return builds.size();
    }
}
