package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.floating;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

/** Who goes first of those that aren't bound to a node and those that are. */
public class FloatingOrderTest extends FloatingFixture {

    @Test
    public void boundAndFloatingOnesWaitInOneOrder() {
        node("a", 1, 5);
        bound("a", "holder", 1);
        fixture.anywhere("f1", 1, everywhere);
        bound("a", "b", 1);
        fixture.anywhere("f2", 1, everywhere);

        fixture.release("holder");
        assertTrue(fixture.isGranted("f1"));
        fixture.release("f1");
        assertTrue(fixture.isGranted("b"));
        fixture.release("b");
        assertTrue(fixture.isGranted("f2"));
    }

    @Test
    public void whoAsksAgainWaitsAtItsOldPlace() {
        node("a", 1, 5);
        bound("a", "holder", 1);
        fixture.anywhere("f1", 1, everywhere);
        Instant first = fixture.now();
        fixture.passTime(Duration.ofSeconds(1));
        fixture.anywhere("f2", 1, everywhere);
        fixture.run(() -> fixture.table.cancel("f1"));
        fixture.passTime(Duration.ofSeconds(1));

        fixture.anywhereAgain("f1", everywhere, first);

        assertEquals(List.of("f1", "f2"), fixture.floating());
    }

    @Test
    public void thePlaceInTheOrderIsTold() {
        node("a", 1, 5);
        bound("a", "holder", 1);
        fixture.anywhere("f1", 1, everywhere);
        fixture.anywhere(new LeaseRequest("f2", null, DeviceRequest.of(1), new Holder("f2", "build f2"), 1, null, false), everywhere);

        assertEquals(List.of("f2", "f1"), fixture.floating());
        assertEquals(2, fixture.table.floating().get(1).place());
        assertEquals(2, fixture.table.floating().get(1).of());
        assertEquals(2, fixture.table.waiterCount());
    }

    @Test
    public void whoWasOvertakenTooOftenHasDevicesKeptAtOneNodeOnly() {
        node("a", 2, 9).node("b", 2, 9);
        bound("a", "a0", 1);
        bound("b", "b0", 1);
        fixture.anywhere("big", 2, everywhere);
        for (int i = 1; i <= LeaseTable.DEFAULT_MAX_OVERTAKES; i++) {
            bound("b", "s" + i, 1);
            assertTrue(fixture.isGranted("s" + i));
            fixture.release("s" + i);
        }
        assertEquals(LeaseTable.DEFAULT_MAX_OVERTAKES, fixture.table.floating().get(0).overtaken());
        bound("a", "x", 1);
        bound("b", "y", 1);
        assertFalse(fixture.isGranted("x")); // equal nodes: a is the first by name
        assertTrue(fixture.isGranted("y"));

        fixture.release("b0");
        fixture.release("y");
        assertEquals("b", fixture.granted("big").node()); // served elsewhere, it needs a no longer
        assertTrue(fixture.isGranted("x"));
    }

    @Test
    public void devicesAreKeptElsewhereWhenTheNodeCantBeAsked() {
        TableFixture strict = new TableFixture(0);
        ScriptedCandidates candidates = new ScriptedCandidates().with("a", 1).with("b", 1);
        for (String name : List.of("a", "b")) {
            strict.with(name, Gpus.inventory(of(name, Gpus.h100(0)), of(name, Gpus.h100(1))));
            strict.request(new LeaseRequest(name + "0", name, DeviceRequest.of(1), new Holder("h", "h"), 0, null, false));
        }
        strict.anywhere("big", 2, candidates);
        strict.run(() -> strict.table.setUnreachable("a", "gone"));
        strict.request(new LeaseRequest("y", "b", DeviceRequest.of(1), new Holder("y", "y"), 0, null, false));
        assertEquals(List.of(), strict.outcomes("y"));
        strict.release("b0");

        assertEquals("b", strict.granted("big").node());
    }
}
