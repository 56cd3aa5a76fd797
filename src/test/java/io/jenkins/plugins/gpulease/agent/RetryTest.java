package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.logging.Level;
import org.junit.Test;

public class RetryTest {

    private Instant now = Instant.EPOCH;

    private final Retry retry = new Retry(new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            throw new AssertionError();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new AssertionError();
        }
    });

    private void pass(long seconds) {
        now = now.plusSeconds(seconds);
    }

    @Test
    public void beforeAnyFailureALookIsDueAtOnce() {
        assertTrue(retry.isDue());
    }

    @Test
    public void theWaitDoublesWithEachFailure() {
        for (int seconds : new int[] {5, 10, 20, 40, 80, 160, 300, 300}) {
            retry.failed();
            pass(seconds - 1);
            assertFalse("before " + seconds, retry.isDue());
            pass(1);
            assertTrue("after " + seconds, retry.isDue());
        }
    }

    @Test
    public void onlyTheFirstFailureInARowIsNews() {
        assertEquals(Level.WARNING, retry.failed());
        assertEquals(Level.FINE, retry.failed());
        retry.succeeded();
        assertEquals(Level.WARNING, retry.failed());
    }

    @Test
    public void successEndsTheWait() {
        retry.failed();
        retry.succeeded();
        assertTrue(retry.isDue());
    }

    @Test
    public void aClockThatIsSetBackMakesNobodyWait() {
        pass(86_400);
        retry.failed();
        pass(-3_600);
        assertTrue(retry.isDue());
    }
}
