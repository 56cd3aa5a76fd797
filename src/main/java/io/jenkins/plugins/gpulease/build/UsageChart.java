package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.build.chart.Plot;
import io.jenkins.plugins.gpulease.build.chart.Ticks;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.usage.UsagePoint;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The drawing of a device's course during a lease: its memory above, its utilisation below, over the same time.
 *
 * @param points at least one, in the order of time
 * @param total memory of the device; null if unknown
 * @param asked memory that was asked for; null if nothing was
 */
@Restricted(NoExternalUse.class)
public record UsageChart(
        @NonNull List<UsagePoint> points, @CheckForNull MemorySize total, @CheckForNull MemorySize asked) {

    private static final int LEFT = 84;
    private static final int WIDTH = 384;

    /** A mark on the axis of time. */
    public record Mark(@NonNull String x, @NonNull String label) {}

    public UsageChart {
        points = List.copyOf(points);
    }

    @NonNull
    public Plot memory() {
        return new Plot(LEFT, 22, WIDTH, 90, seconds(), mostMemory());
    }

    @NonNull
    public Plot utilization() {
        return new Plot(LEFT, 142, WIDTH, 50, seconds(), 100);
    }

    @NonNull
    public String memoryPath() {
        return path(memory(), UsagePoint::memoryMib);
    }

    @NonNull
    public String utilizationPath() {
        return path(utilization(), UsagePoint::utilization);
    }

    private String path(Plot plot, Function<UsagePoint, ? extends Number> value) {
        return plot.path(points.stream().map(point -> new Plot.Value(point.secondsIn(), number(value.apply(point)))).toList());
    }

    @CheckForNull
    private static Double number(@CheckForNull Number value) {
        return value == null ? null : Double.valueOf(value.doubleValue());
    }

    /** The height of what was asked for; null if nothing was. */
    @CheckForNull
    public String askedY() {
        return asked == null ? null : memory().y(asked.mib());
    }

    /** What the upper edge of the memory stands for. */
    @NonNull
    public String mostMemoryText() {
        long most = (long) mostMemory();
        return total != null && total.mib() == most ? total.toString() : MemorySize.ofMib(most).toString();
    }

    @NonNull
    public List<Mark> marks() {
        Plot plot = utilization();
        return Ticks.seconds(seconds()).stream()
                .map(tick -> new Mark(plot.x(tick), tick == 0 ? "0" : ReadableTime.of(Duration.ofSeconds(tick)).replace(".0 s", " s")))
                .toList();
    }

    @NonNull
    public String lengthText() {
        return ReadableTime.of(Duration.ofSeconds((long) seconds()));
    }

    private double seconds() {
        return points.get(points.size() - 1).secondsIn();
    }

    private double mostMemory() {
        long peak = points.stream().map(UsagePoint::memoryMib).filter(Objects::nonNull).mapToLong(Long::longValue).max().orElse(1);
        long known = Math.max(total == null ? 0 : total.mib(), asked == null ? 0 : asked.mib());
        return Math.max(1, Math.max(peak, known));
    }
}
