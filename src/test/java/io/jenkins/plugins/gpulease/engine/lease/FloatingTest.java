package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.asking;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.floating;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.onlyIfIdle;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.Test;

/** Requests that aren't bound to a node. */
public class FloatingTest {

    private final TableFixture fixture = new TableFixture();
    private final ScriptedCandidates everywhere = new ScriptedCandidates();

    /** A node with so many H100. Devices of different nodes have different UUIDs. */
    private FloatingTest node(String name, int gpus, int executors) {
        fixture.with(name, Gpus.inventory(IntStream.range(0, gpus).mapToObj(index -> of(name, Gpus.h100(index))).toList()));
        everywhere.with(name, executors);
        return this;
    }

    private static Device of(String node, Device like) {
        return new Device(node + "-" + like.uuid(), like.index(), like.model(), like.memory(), like.computeCapability(),
                like.pciBusId(), -1, false, null, null, like.health());
    }

    private void bound(String node, String id, int count) {
        fixture.request(new LeaseRequest(id, node, DeviceRequest.of(count), new Holder(id, "build " + id), 0, null, false));
    }

    private void start(String id) {
        fixture.run(() -> fixture.table.started(id));
    }

    private boolean decline(String id) {
        boolean declined = fixture.table.decline(id, "the executor was taken");
        fixture.executor.runAll();
        return declined;
    }

    private void room(String node, int executors) {
        everywhere.with(node, executors);
        fixture.run(() -> fixture.table.roomChanged(List.of(node)));
    }

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

    // ---- order

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

    /** Else its devices would be kept for a task that waits for an executor, which may be held by who waits for the devices. */
    @Test
    public void nothingIsKeptWhereThereIsNoRoom() {
        TableFixture strict = new TableFixture(0);
        ScriptedCandidates candidates = new ScriptedCandidates().with(TableFixture.NODE, 0);
        strict.with(Gpus.h100s(2));
        strict.anywhere("f", 2, candidates);
        strict.request("b", 1);

        assertTrue(strict.isGranted("b"));
    }

    @Test
    public void roomThatIsGoneFreesWhatWasKeptThere() {
        TableFixture strict = new TableFixture(0);
        ScriptedCandidates candidates = new ScriptedCandidates().with(TableFixture.NODE, 1);
        strict.with(Gpus.h100s(2));
        strict.request("holder", 1);
        strict.anywhere("f", 2, candidates);
        strict.request("b", 1);
        assertTrue(strict.isWaiting("b"));
        candidates.with(TableFixture.NODE, 0);
        strict.run(() -> strict.table.observe(TableFixture.NODE, Map.of()));

        assertTrue(strict.isGranted("b"));
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

    // ---- start or decline

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

    // ---- ends

    @Test
    public void whatNoKnownNodeCanEverServeFailsAndNamesTheClosest() {
        node("a", 2, 1).node("b", 4, 1);
        fixture.anywhere("f", 8, everywhere);

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("f").kind());
        assertThat(fixture.failure("f").message(), containsString(
                "None of the 2 nodes that may be used suffices; closest: b has 4 GPUs, 8 GPUs asked"));
    }

    @Test
    public void whereNodesMayStillComeNothingIsImpossible() {
        node("a", 2, 1);
        fixture.anywhere("f", 8, everywhere.growing(true));
        assertEquals(List.of("f"), fixture.floating());
        everywhere.growing(false);
        fixture.run(() -> fixture.table.roomChanged(List.of()));

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("f").kind());
    }

    @Test
    public void aNodeThatIsOfflineOrUnreadMaySatisfyInTime() {
        node("a", 4, 0);
        fixture.run(() -> fixture.table.setUnreachable("a", "offline"));
        fixture.with("b", Inventory.without(Inventory.Status.FAILED, "no answer", Gpus.SCANNED));
        everywhere.with("b", 0);
        fixture.anywhere("four", 4, everywhere);
        fixture.anywhere("eight", 8, everywhere);
        assertEquals(List.of("four", "eight"), fixture.floating());
        fixture.run(() -> fixture.table.removeNode("b"));

        assertEquals(List.of("four"), fixture.floating());
        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("eight").kind());
    }

    @Test
    public void whoDoesntWantToWaitFailsUnlessSomethingIsIdle() {
        node("a", 1, 1).node("b", 1, 0);
        fixture.anywhere(onlyIfIdle(floating("f1", DeviceRequest.of(1))), everywhere);
        fixture.anywhere(onlyIfIdle(floating("f2", DeviceRequest.of(1))), everywhere);

        assertTrue(fixture.isGranted("f1"));
        assertEquals(LeaseFailure.Kind.BUSY, fixture.failure("f2").kind());
        assertThat(fixture.failure("f2").message(), containsString("b: 1 of 1 suitable GPU idle; no executor idle"));
        assertThat(fixture.failure("f2").message(), containsString("a: 0 of 1 suitable GPU idle; held by build f1 (1)"));
    }

    @Test
    public void aPausedTableServesItLater() {
        node("a", 1, 1);
        fixture.table.pause();
        fixture.anywhere("f", 1, everywhere);
        fixture.anywhere(onlyIfIdle(floating("g", DeviceRequest.of(1))), everywhere);
        assertEquals(List.of("f", "g"), fixture.floating());
        fixture.run(fixture.table::resume);

        assertTrue(fixture.isGranted("f"));
        assertEquals(LeaseFailure.Kind.BUSY, fixture.failure("g").kind());
    }

    @Test
    public void itsExplanationHasALineForEachNode() {
        node("a", 2, 1).node("b", 4, 0).node("c", 2, 3);
        bound("a", "one", 2);
        bound("b", "two", 3);
        fixture.run(() -> fixture.table.setUnreachable("c", "the agent is offline"));
        fixture.anywhere("f1", 2, everywhere);
        fixture.anywhere("f2", 1, everywhere);

        assertEquals(
                """
                1 GPU asked, on any of 3 nodes
                b: 1 of 4 suitable GPUs idle; held by build two (3); no executor idle
                a: 0 of 2 suitable GPUs idle; held by build one (2)
                c can't be asked now: the agent is offline
                Place 2 of 2 among requests for any node; before it: build f1 (2)""",
                fixture.explanation("f2"));
    }

    @Test
    public void itsExplanationIsBounded() {
        IntStream.range(0, 30).forEach(i -> node("n" + i, 1, 0));
        fixture.anywhere("f", 1, everywhere);

        List<String> lines = fixture.table.explain("f");
        assertEquals(12, lines.size());
        assertEquals("and 21 more nodes", lines.get(10));
    }

    @Test
    public void aRequestIsEitherBoundOrFloats() {
        node("a", 1, 1);

        assertThrows(IllegalArgumentException.class, () -> fixture.anywhere(asking("x", 1), everywhere));
        assertThrows(IllegalArgumentException.class, () -> fixture.request(floating("y", DeviceRequest.of(1))));
    }
}
