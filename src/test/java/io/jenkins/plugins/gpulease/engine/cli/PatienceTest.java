package io.jenkins.plugins.gpulease.engine.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.Test;

public class PatienceTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Random random = new Random(4711);

    @Test
    public void looksSoonAtFirstAndAboutOnceASecondLater() {
        Patience endless = new Patience(true, null);
        for (int attempt = 0; attempt < 100; attempt++) {
            assertBetween(75, 125, endless.pause(1, Duration.ZERO, random));
            assertBetween(150, 250, endless.pause(2, Duration.ZERO, random));
            assertBetween(750, 1_250, endless.pause(1_000_000, HOUR, random));
        }
    }

    @Test
    public void twoThatWaitDoNotLookInStep() {
        Patience endless = new Patience(true, null);
        assertTrue(random.ints(20).mapToObj(seed -> endless.pause(9, HOUR, new Random(seed))).distinct().count() > 10);
    }

    @Test
    public void theLastLookIsAtTheTimeout() {
        assertEquals(Duration.ofMillis(10), new Patience(true, HOUR).pause(9, HOUR.minusMillis(10), random));
    }

    @Test
    public void endsWithTheTimeout() {
        assertFalse(new Patience(true, HOUR).isOver(HOUR.minusMillis(1)));
        assertTrue(new Patience(true, HOUR).isOver(HOUR));
        assertFalse(new Patience(true, null).isOver(Duration.ofDays(365)));
        assertTrue(new Patience(false, null).isOver(Duration.ZERO));
    }

    private static void assertBetween(long least, long most, Duration pause) {
        assertTrue(pause.toString(), pause.toMillis() >= least && pause.toMillis() <= most);
    }
}
