package io.jenkins.plugins.gpulease.build.chart;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;

/** Round values for the marks of an axis of time. Pure. */
public final class Ticks {

    private static final int MOST = 5;

    /** What people count in: seconds, minutes, hours, days. */
    private static final long[] STEPS = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400
    };

    private Ticks() {}

    /** Seconds from 0 to the end at most, {@value #MOST} steps at most. */
    @NonNull
    public static List<Long> seconds(double end) {
        long step = step(end);
        List<Long> ticks = new ArrayList<>();
        for (long tick = 0; tick <= end; tick += step) {
            ticks.add(tick);
        }
        return ticks;
    }

    private static long step(double end) {
        for (long step : STEPS) {
            if (end / step <= MOST) {
                return step;
            }
        }
        long day = STEPS[STEPS.length - 1];
        return day * (long) Math.ceil(end / day / MOST);
    }
}
