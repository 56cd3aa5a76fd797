package io.jenkins.plugins.gpulease.engine.probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.TestClock;
import java.time.Duration;
import java.util.Optional;
import org.junit.Test;

public class RestartsTest {

    private final TestClock clock = TestClock.standing();
    private final Restarts restarts = new Restarts(clock);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            restarts.failed("it hung");
        }
    }

    private void assertRefusedFor(Duration time) {
        clock.pass(time.minusMillis(1));
        assertTrue("allowed before " + time, restarts.refusal().isPresent());
        clock.pass(Duration.ofMillis(1));
        assertEquals(Optional.empty(), restarts.refusal());
    }

    @Test
    public void theFirstRestartIsImmediate() {
        fail(1);
        assertEquals(Optional.empty(), restarts.refusal());
    }

    @Test
    public void furtherRestartsTakeTwiceAsLongEachTime() {
        fail(2);
        assertRefusedFor(Duration.ofSeconds(1));
        fail(1);
        assertRefusedFor(Duration.ofSeconds(2));
        fail(1);
        assertRefusedFor(Duration.ofSeconds(4));
    }

    @Test
    public void theFifthFailureEndsItForTenMinutes() {
        fail(5);
        assertRefusedFor(Duration.ofMinutes(10));
    }

    @Test
    public void afterThePauseItStartsAnew() {
        fail(5);
        clock.pass(Duration.ofMinutes(10));
        fail(1);
        assertEquals(Optional.empty(), restarts.refusal());
    }

    @Test
    public void failuresThatAreLongAgoDoNotCount() {
        fail(4);
        clock.pass(Duration.ofMinutes(10));
        fail(1);
        assertEquals(Optional.empty(), restarts.refusal());
    }

    @Test
    public void givingUpSaysWhyHowLongAndWhatToDo() {
        fail(5);
        String refusal = restarts.refusal().orElseThrow();
        assertTrue(refusal, refusal.contains("5 times within 10 minutes"));
        assertTrue(refusal, refusal.contains("until 2025-01-01T00:10:00Z"));
        assertTrue(refusal, refusal.contains("it hung"));
        assertTrue(refusal, refusal.contains("nvidia-smi"));
    }

    @Test
    public void backingOffSaysHowLong() {
        fail(3);
        assertTrue(restarts.refusal().orElseThrow().contains("in 2 s"));
    }

    @Test
    public void oneFailureIsForgivenIfTheSuccessorWorks() {
        fail(1);
        restarts.worked();
        fail(1);
        assertEquals(Optional.empty(), restarts.refusal());
    }

    @Test
    public void onlyOneFailureInTenMinutesIsForgiven() {
        fail(1);
        restarts.worked();
        fail(1);
        restarts.worked();
        fail(1);
        assertRefusedFor(Duration.ofSeconds(1));
    }

    @Test
    public void severalFailuresAreNotForgiven() {
        fail(2);
        restarts.worked();
        assertRefusedFor(Duration.ofSeconds(1));
    }

    @Test
    public void aClockThatIsSetBackMakesNobodyWaitForLonger() {
        fail(5);
        clock.pass(Duration.ofHours(-1));
        assertEquals(Optional.empty(), restarts.refusal());
    }

    @Test
    public void aPersonCanResetIt() {
        fail(5);
        restarts.reset();
        assertEquals(Optional.empty(), restarts.refusal());
    }
}
