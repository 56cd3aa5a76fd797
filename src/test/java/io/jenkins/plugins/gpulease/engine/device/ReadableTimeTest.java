package io.jenkins.plugins.gpulease.engine.device;

import static org.junit.Assert.assertEquals;

import java.time.Duration;
import org.junit.Test;

public class ReadableTimeTest {

    @Test
    public void timesHaveAtMostTwoUnits() {
        assertEquals("0 ms", ReadableTime.of(Duration.ofSeconds(-3)));
        assertEquals("42 ms", ReadableTime.of(Duration.ofMillis(42)));
        assertEquals("3.2 s", ReadableTime.of(Duration.ofMillis(3_210)));
        assertEquals("1 min", ReadableTime.of(Duration.ofMillis(59_990)));
        assertEquals("12 min 3 s", ReadableTime.of(Duration.ofSeconds(723)));
        assertEquals("2 h 5 min", ReadableTime.of(Duration.ofMinutes(125)));
        assertEquals("1 d 3 h", ReadableTime.of(Duration.ofHours(27)));
    }

    @Test
    public void timesInWholeSecondsHaveNoPartsOfThem() {
        assertEquals("0 s", ReadableTime.inWholeSeconds(Duration.ofSeconds(-3)));
        assertEquals("0 s", ReadableTime.inWholeSeconds(Duration.ofMillis(42)));
        assertEquals("38 s", ReadableTime.inWholeSeconds(Duration.ofMillis(37_500)));
        assertEquals("1 min", ReadableTime.inWholeSeconds(Duration.ofMillis(59_500)));
        assertEquals("12 min 3 s", ReadableTime.inWholeSeconds(Duration.ofMillis(722_900)));
    }
}
