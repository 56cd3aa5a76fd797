package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.floating;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Tasks that don't start where their devices were granted. */
public class FloatingDeclineTest extends FloatingFixture {

    @Test
    public void aDeclinedLeaseIsGrantedElsewhere() {
        node("a", 1, 1).node("b", 1, 1);
        fixture.anywhere("f", 1, everywhere);
        assertTrue(decline("f"));

        assertEquals(List.of("a", "b"), fixture.nodesOf("f"));
        assertEquals(1, fixture.table.leaseCount());
        assertTrue(fixture.custodian.calls.contains("takeBack f"));
    }

    @Test
    public void aDeclinedRequestWaitsAtItsOldPlaceAndTriesTheNodeAgainAfterHalfAMinute() {
        node("a", 1, 1);
        fixture.anywhere("f1", 1, everywhere);
        fixture.anywhere("f2", 2, new ScriptedCandidates().with("a", 1).growing(true));
        assertTrue(decline("f1"));
        assertEquals(List.of("f1", "f2"), fixture.floating());
        fixture.passTime(Duration.ofSeconds(29));
        fixture.run(() -> fixture.table.observe("a", Map.of()));
        assertEquals(List.of("f1", "f2"), fixture.floating());
        fixture.passTime(Duration.ofSeconds(1));
        fixture.run(() -> fixture.table.observe("a", Map.of()));

        assertEquals(List.of("a", "a"), fixture.nodesOf("f1"));
    }

    @Test
    public void whileItAvoidsTheNodeOthersGoFirst() {
        node("a", 1, 1);
        fixture.anywhere("f1", 1, everywhere);
        fixture.anywhere("f2", 1, everywhere);
        assertTrue(decline("f1"));

        assertEquals(List.of("a"), fixture.nodesOf("f2"));
    }

    @Test
    public void aNodeThatIsRemovedAndComesBackIsTriedAgain() {
        node("a", 1, 1);
        fixture.anywhere("f", 1, everywhere.growing(true));
        assertTrue(decline("f"));
        fixture.run(() -> fixture.table.removeNode("a"));
        node("a", 1, 1);

        assertEquals(List.of("a", "a"), fixture.nodesOf("f"));
    }

    @Test
    public void aDeclinedLeaseOvertookNobody() {
        node("a", 2, 2);
        bound("a", "holder", 1);
        fixture.anywhere("big", 2, everywhere);
        fixture.anywhere("small", 1, everywhere);
        assertEquals(1, fixture.table.floating().get(0).overtaken());
        assertTrue(decline("small"));

        assertEquals(0, fixture.table.floating().get(0).overtaken());
    }

    @Test
    public void whatHasStartedOrWasNeverThereOrIsBoundCantBeDeclined() {
        node("a", 2, 2);
        fixture.anywhere("f", 1, everywhere);
        bound("a", "b", 1);
        start("f");

        assertFalse(decline("f"));
        assertFalse(decline("b"));
        assertFalse(decline("never there"));
        assertEquals(2, fixture.table.leaseCount());
    }

    @Test
    public void whoDeclinesTooLateDoesNotTakeWhatTheRequestWasGrantedSince() {
        node("a", 1, 1).node("b", 1, 1);
        fixture.anywhere("f", 1, everywhere);
        Lease first = fixture.table.lease("f").orElseThrow();
        everywhere.without("a");
        fixture.run(() -> fixture.table.removeNode("a"));

        assertFalse(fixture.table.decline(first, "it was removed"));
        assertFalse(fixture.table.isHeld(first));
        assertTrue(fixture.table.isHeld(fixture.table.lease("f").orElseThrow()));
        assertEquals("b", fixture.table.lease("f").orElseThrow().node());
    }

    @Test
    public void aRequestIsAliveFromItsArrivalToTheEndOfItsLease() {
        node("a", 1, 1);
        assertFalse(fixture.table.isAlive("f"));
        fixture.anywhere("f", 1, everywhere);
        assertTrue(fixture.table.isAlive("f"));
        fixture.custodian.slow();
        assertTrue("it waits again", decline("f") && fixture.table.isAlive("f"));
        fixture.cancel("f");

        assertFalse(fixture.table.isAlive("f"));
    }

    @Test
    public void aDeclinedRequestCanBeCancelledWhileItsDevicesComeBack() {
        node("a", 1, 1);
        fixture.anywhere("f", 1, everywhere);
        fixture.custodian.slow();
        assertTrue(decline("f"));
        assertTrue(fixture.cancel("f"));
        fixture.answer();

        assertEquals(0, fixture.table.waiterCount());
        assertEquals(0, fixture.table.leaseCount());
        bound("a", "b", 1);
        assertTrue(fixture.isGranted("b"));
    }

    @Test
    public void aNodeThatIsRemovedBeforeTheTaskStartsLetsTheRequestGoOn() {
        node("a", 1, 1).node("b", 1, 1);
        fixture.anywhere("f", 1, everywhere);
        everywhere.without("a");
        fixture.run(() -> fixture.table.removeNode("a"));

        assertEquals(List.of("a", "b"), fixture.nodesOf("f"));
    }

    @Test
    public void aNodeThatIsRemovedWhileItsDevicesAreVerifiedLetsTheRequestGoOn() {
        node("a", 1, 1).node("b", 1, 1);
        fixture.custodian.slow();
        fixture.anywhere("f", 1, everywhere);
        everywhere.without("a");
        fixture.run(() -> fixture.table.removeNode("a"));
        fixture.answer();

        assertEquals(List.of("b"), fixture.nodesOf("f"));
    }

    @Test
    public void subLeasesAreTakenOutOfIt() {
        node("a", 2, 1);
        fixture.anywhere("f", 2, everywhere);
        start("f");
        fixture.request(new LeaseRequest("sub", "a", DeviceRequest.of(1), new Holder("s", "s"), 0, "f", false));

        assertTrue(fixture.isGranted("sub"));
        assertEquals("f", fixture.granted("sub").parentLease());
    }
}
