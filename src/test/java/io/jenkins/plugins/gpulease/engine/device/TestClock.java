package io.jenkins.plugins.gpulease.engine.device;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that tests move on. */
public final class TestClock extends Clock {

    private final Duration step;
    private Instant now = Instant.parse("2025-01-01T00:00:00Z");

    private TestClock(Duration step) {
        this.step = step;
    }

    public static TestClock standing() {
        return new TestClock(Duration.ZERO);
    }

    /** @param step by which it moves on each time it is looked at */
    public static TestClock running(Duration step) {
        return new TestClock(step);
    }

    public synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public synchronized Instant instant() {
        pass(step);
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
