package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;

/**
 * The course of a device as a short text, to be stored: {@code 5,1024,87;,1030,;10,-,} is a point 5 s in with 1,024 MiB and 87 %,
 * one 5 s later with 1,030 MiB and 87 %, and one 10 s later with unknown memory and 87 %. What is as before is left out; of
 * the time that is the distance from the point before. Pure.
 */
public final class CourseText {

    /** More than any device has; what a hostile agent tells must not overflow what is computed from it. */
    static final long MOST_MEBIBYTES = 1L << 40;

    private static final String UNKNOWN = "-";
    private static final int FIELDS = 3;

    private CourseText() {}

    /** At most {@value UsageRecorder#MAX_POINTS} points are written; those that go back in time are left out. */
    @NonNull
    public static String of(@NonNull List<UsagePoint> points) {
        StringBuilder text = new StringBuilder();
        String[] before = {"", "", ""};
        int at = 0;
        int written = 0;
        for (UsagePoint point : points) {
            if (point.secondsIn() < at || written == UsageRecorder.MAX_POINTS) {
                continue;
            }
            String[] fields = {
                String.valueOf(point.secondsIn() - at), field(bounded(point.memoryMib())), field(point.utilization())
            };
            text.append(written++ == 0 ? "" : ";").append(difference(before, fields));
            before = fields;
            at = point.secondsIn();
        }
        return text.toString();
    }

    private static String difference(String[] before, String[] now) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < FIELDS; i++) {
            fields.add(now[i].equals(before[i]) ? "" : now[i]);
        }
        return String.join(",", fields);
    }

    @CheckForNull
    private static Long bounded(@CheckForNull Long mebibytes) {
        return mebibytes == null ? null : Long.valueOf(Math.max(0, Math.min(MOST_MEBIBYTES, mebibytes)));
    }

    private static String field(@CheckForNull Number value) {
        return value == null ? UNKNOWN : value.toString();
    }

    /** The points again; none if the text is damaged, as by a person who edits what is stored. */
    @NonNull
    public static List<UsagePoint> points(@NonNull String text) {
        List<UsagePoint> points = new ArrayList<>();
        String[] before = {"0", UNKNOWN, UNKNOWN};
        int at = 0;
        try {
            for (String point : text.isEmpty() ? new String[0] : text.split(";")) {
                before = merge(before, point.split(",", -1));
                at = Math.addExact(at, Integer.parseInt(before[0]));
                points.add(new UsagePoint(
                        at,
                        before[1].equals(UNKNOWN) ? null : Long.valueOf(before[1]),
                        before[2].equals(UNKNOWN) ? null : Integer.valueOf(before[2])));
            }
        } catch (NumberFormatException | ArithmeticException | ArrayIndexOutOfBoundsException e) {
            return List.of();
        }
        return points;
    }

    private static String[] merge(String[] before, String[] now) {
        String[] merged = new String[FIELDS];
        for (int i = 0; i < FIELDS; i++) {
            merged[i] = now[i].isEmpty() ? before[i] : now[i];
        }
        return merged;
    }
}
