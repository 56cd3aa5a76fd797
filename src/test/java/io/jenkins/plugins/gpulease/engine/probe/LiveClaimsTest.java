package io.jenkins.plugins.gpulease.engine.probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

public class LiveClaimsTest {

    private final LiveClaims claims = new LiveClaims();

    private static Claim claim(String lease) {
        return new Claim(lease, "build #1", List.of("GPU-a"), null, true, true);
    }

    @Test
    public void whatWasTakenBackIsNotAddedAnyMore() {
        Claim claim = claim("l");
        claims.remove(claim);
        assertFalse(claims.add(claim));
        assertTrue(claims.isEmpty());
    }

    @Test
    public void aLeaseCanBeClaimedAnew() {
        claims.remove(claim("l"));
        Claim next = claim("l");
        assertTrue(claims.add(next));
        assertEquals(List.of(next), claims.all());
    }

    @Test
    public void theEndOfAnOlderClaimLeavesTheYoungerOne() {
        Claim older = claim("l");
        Claim younger = claim("l");
        claims.add(younger);
        assertFalse(claims.remove(older));
        assertFalse(claims.add(older));
        assertEquals(List.of(younger), claims.all());
    }

    @Test
    public void aYoungerClaimEndsAnOlderOne() {
        Claim older = claim("l");
        claims.add(older);
        Claim younger = claim("l");
        assertEquals(older, claims.endOlder(younger));
        assertNull(claims.endOlder(younger));
        assertTrue(claims.isEmpty());
    }

    @Test
    public void anEarlierEndThatComesLateDoesNotUndoALaterOne() {
        Claim older = claim("l");
        Claim younger = claim("l");
        claims.remove(younger);
        claims.remove(older);
        assertTrue(claims.isOutdated(younger));
    }

    @Test
    public void onlyTheLatestEndsAreRemembered() {
        Claim first = claim("l");
        claims.remove(first);
        for (int i = 1; i < LiveClaims.REMEMBERED; i++) {
            claims.remove(claim("l" + i));
        }
        assertTrue(claims.isOutdated(first));
        claims.remove(claim("one more"));
        assertFalse(claims.isOutdated(first));
    }
}
