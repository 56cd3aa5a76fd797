package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.floating;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Where and when requests that aren't bound to a node are served. */
public class FloatingTest extends FloatingFixture {

    // ---- where

    @Test
    public void itIsServedWhereSuitableDevicesAreIdle() {
        node("a", 1, 1).node("b", 2, 1);
        bound("a", "holder", 1);
        fixture.anywhere("f", 1, everywhere);

        assertEquals("b", fixture.granted("f").node());
        assertEquals(List.of("b-GPU-0"), fixture.granted("f").uuids());
        assertEquals(List.of(), fixture.floating());
    }

    @Test
    public void itIsServedWhereLeastIsWasted() {
        node("big", 2, 5);
        fixture.with("small", Gpus.inventory(of("small", Gpus.t4(0))));
        everywhere.with("small", 1);
        fixture.anywhere("f", 1, everywhere);

        assertEquals("small", fixture.granted("f").node());
    }

    @Test
    public void amongEqualNodesThatWithMoreRoomServesThenTheFirstByName() {
        node("a", 2, 1).node("b", 2, 3).node("c", 2, 3);
        fixture.anywhere("f", 1, everywhere);

        assertEquals("b", fixture.granted("f").node());
    }

    @Test
    public void itIsOnlyServedWhereItMayRun() {
        node("a", 2, 1).node("b", 2, 1);
        fixture.anywhere("f", 1, new ScriptedCandidates().with("b", 1));

        assertEquals("b", fixture.granted("f").node());
    }

    @Test
    public void withoutRoomItWaitsUntilAnExecutorIsIdle() {
        node("a", 2, 0);
        fixture.anywhere("f", 1, everywhere);
        assertEquals(List.of("f"), fixture.floating());
        room("a", 1);

        assertTrue(fixture.isGranted("f"));
    }

    @Test
    public void itWaitsUntilDevicesComeBack() {
        node("a", 2, 2);
        bound("a", "holder", 2);
        fixture.anywhere("f", 2, everywhere);
        assertEquals(List.of("f"), fixture.floating());
        fixture.release("holder");

        assertTrue(fixture.isGranted("f"));
    }

    @Test
    public void itWaitsForANodeThatIsYetToCome() {
        fixture.anywhere("f", 1, everywhere.growing(true));
        assertEquals(List.of("f"), fixture.floating());
        node("a", 1, 1);
        room("a", 1);

        assertTrue(fixture.isGranted("f"));
    }

    // ---- room

    @Test
    public void noMoreAreGrantedThanCanStart() {
        node("a", 4, 2);
        fixture.anywhere("f1", 1, everywhere);
        fixture.anywhere("f2", 1, everywhere);
        fixture.anywhere("f3", 1, everywhere);
        assertEquals(List.of("f3"), fixture.floating());

        everywhere.with("a", 1); // f1 took one
        start("f1");
        assertEquals(List.of("f3"), fixture.floating());
        room("a", 2);

        assertTrue(fixture.isGranted("f3"));
    }

    @Test
    public void aLeaseThatEndsBeforeItsTaskStartsMakesRoom() {
        node("a", 2, 1);
        fixture.anywhere("f1", 1, everywhere);
        fixture.anywhere("f2", 1, everywhere);
        fixture.custodian.slow(); // so nothing comes back
        fixture.release("f1");

        assertEquals("handOut f2", fixture.custodian.calls.get(fixture.custodian.calls.size() - 1));
    }

    @Test
    public void anOfferThatIsCancelledMakesRoom() {
        node("a", 2, 1);
        fixture.custodian.slow();
        fixture.anywhere("f1", 1, everywhere);
        fixture.anywhere("f2", 1, everywhere);
        fixture.cancel("f1");

        assertTrue(fixture.custodian.calls.contains("handOut f2"));
    }

    @Test
    public void whatBoundRequestsHoldTakesNoRoom() {
        node("a", 2, 1);
        bound("a", "holder", 1);
        fixture.anywhere("f", 1, everywhere);

        assertTrue(fixture.isGranted("f"));
    }

    // ---- verification

    @Test
    public void devicesThatArentCleanSendItToAnotherNode() {
        node("a", 1, 1).node("b", 1, 1);
        fixture.custodian.findAtHandOut("a-GPU-0", Verdict.occupied("used by pid 7", List.of()));
        fixture.anywhere("f", 1, everywhere);

        assertEquals(List.of("b"), fixture.nodesOf("f"));
    }

    @Test
    public void tooLittleFreeMemorySendsItToAnotherNodeForAWhile() {
        node("a", 1, 1);
        fixture.custodian.findAtHandOut("a-GPU-0", Verdict.insufficient("has 1 GiB free"));
        fixture.anywhere(floating("f", DeviceRequest.of(1).withMinMemory(MemorySize.parse("40 GB"))), everywhere);
        assertEquals(List.of("f"), fixture.floating());
        fixture.custodian.findAtHandOut("a-GPU-0", Verdict.CLEAN);
        fixture.passTime(Duration.ofSeconds(30));
        fixture.run(() -> fixture.table.observe("a", Map.of()));

        assertEquals(List.of("a"), fixture.nodesOf("f"));
    }

    @Test
    public void aNodeThatDoesntAnswerIsLeftForAnother() {
        node("a", 1, 1).node("b", 1, 1);
        fixture.custodian.failWith("the probe hangs");
        fixture.custodian.slow();
        fixture.anywhere("f", 1, everywhere);
        fixture.custodian.recover();
        fixture.answer();

        assertEquals(List.of("b"), fixture.nodesOf("f"));
    }
}
