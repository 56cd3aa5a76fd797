package io.jenkins.plugins.gpulease.engine.usage;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.Test;

public class CourseTextTest {

    @Test
    public void whatIsAsBeforeIsLeftOut() {
        List<UsagePoint> points =
                List.of(new UsagePoint(5, 1_024L, 87), new UsagePoint(10, 1_030L, 87), new UsagePoint(20, null, 87));

        assertEquals("5,1024,87;,1030,;10,-,", CourseText.of(points));
    }

    @Test
    public void anyCourseIsReadBackAsItWas() {
        Random random = new Random(4711);
        for (int run = 0; run < 200; run++) {
            List<UsagePoint> points = course(random);
            assertEquals(points, CourseText.points(CourseText.of(points)));
        }
    }

    private static List<UsagePoint> course(Random random) {
        List<UsagePoint> points = new ArrayList<>();
        int at = 0;
        for (int i = random.nextInt(UsageRecorder.MAX_POINTS + 1); i > 0; i--) {
            at += random.nextInt(3);
            points.add(new UsagePoint(
                    at,
                    random.nextInt(4) == 0 ? null : Long.valueOf(random.nextInt(5)),
                    random.nextInt(4) == 0 ? null : Integer.valueOf(random.nextInt(101))));
        }
        return points;
    }

    @Test
    public void nothingIsAnEmptyText() {
        assertEquals("", CourseText.of(List.of()));
        assertEquals(List.of(), CourseText.points(""));
    }

    @Test
    public void whatNoDeviceCanTellIsBounded() {
        List<UsagePoint> points = List.of(new UsagePoint(5, Long.MAX_VALUE, 1), new UsagePoint(3, 1L, 1), new UsagePoint(6, -1L, 1));

        assertEquals(
                List.of(new UsagePoint(5, CourseText.MOST_MEBIBYTES, 1), new UsagePoint(6, 0L, 1)),
                CourseText.points(CourseText.of(points)));
    }

    @Test
    public void aFullCourseIsAFewKilobytes() {
        List<UsagePoint> points = IntStream.range(0, 10_000)
                .mapToObj(i -> new UsagePoint(i * 100 + i % 7, 81_000L + i % 500, i % 101))
                .toList();

        String text = CourseText.of(points);

        assertEquals(UsageRecorder.MAX_POINTS, CourseText.points(text).size());
        assertTrue(text.length() + " characters", text.length() < 2_800);
    }

    @Test
    public void aDamagedTextHasNoPoints() {
        for (String damaged : List.of("x", "1,2", "1,2,x", ";;", "2147483647,1,1;2147483647,,")) {
            assertEquals(damaged, List.of(), CourseText.points(damaged));
        }
    }
}
