package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.NODE;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What becomes of devices that are dirty, sick, gone or out of reach, and of those that wait for them. */
public class DeviceLifeTest {

    private static final Verdict IN_USE = Verdict.occupied("used by pid 4711 (python)", List.of());
    private static final Verdict LOST = Verdict.sick("fell off the bus");

    private final TableFixture fixture = new TableFixture().with(Gpus.h100s(2));

    private void observe(String uuid, Verdict verdict) {
        fixture.run(() -> fixture.table.observe(NODE, Map.of(uuid, verdict)));
    }

    private void setInventory(Inventory inventory) {
        fixture.run(() -> fixture.table.setInventory(NODE, inventory));
    }

    private static Inventory without(Status status, String reason) {
        return Inventory.without(status, reason, Gpus.SCANNED);
    }

    // ---- what the custodian finds

    @Test
    public void anOccupiedDeviceIsSetAsideAndTheRequestGoesOnWithAnother() {
        fixture.custodian.findAtHandOut("GPU-0", IN_USE);
        fixture.request("a", 1);

        assertEquals(List.of("GPU-1"), fixture.granted("a").uuids());
        assertEquals(DeviceState.OCCUPIED, fixture.state(0));
        assertEquals("used by pid 4711 (python)", fixture.device(0).reason());
    }

    @Test
    public void aDeviceWithTooLittleMemoryFreeIsLeftToOthersAndTriedAgainLater() {
        TableFixture one = new TableFixture().with(Gpus.h100s(1));
        one.custodian.findAtHandOut("GPU-0", Verdict.insufficient("only 70 GiB of memory free, and 75 GiB are asked for"));
        one.request("large", 1);
        assertTrue(one.isWaiting("large"));
        assertEquals(DeviceState.IDLE, one.state(0));
        assertTrue(one.explanation("large"), one.explanation("large").contains("only 70 GiB of memory free"));

        one.custodian.findAtHandOut("GPU-0", Verdict.CLEAN);
        one.request("small", 1);
        assertTrue(one.isGranted("small"));
        one.release("small");
        assertTrue("not tried again at once", one.isWaiting("large"));

        one.passTime(Duration.ofSeconds(31));
        one.run(() -> one.table.observe(NODE, Map.of()));
        assertTrue(one.isGranted("large"));
    }

    @Test
    public void aHeadThatFindsTooLittleMemoryDoesNotKeepTheDeviceFromThoseBehind() {
        TableFixture strict = new TableFixture(0).with(Gpus.h100s(1));
        strict.table.pause();
        strict.request("large", 1);
        strict.request("small", 1);
        strict.custodian.findAtHandOut("GPU-0", Verdict.insufficient("only 70 GiB of memory free"));
        strict.custodian.slow();
        strict.run(strict.table::resume);
        strict.custodian.findAtHandOut("GPU-0", Verdict.CLEAN);
        strict.answer();

        assertTrue(strict.isWaiting("large"));
        assertTrue(strict.isGranted("small"));
    }

    @Test
    public void nothingIsAnnouncedWhileNoDeviceIsDueAgain() {
        fixture.custodian.findAtHandOut("GPU-0", Verdict.insufficient("only 70 GiB of memory free"));
        fixture.request("large", 2);
        long version = fixture.table.version();
        fixture.run(() -> fixture.table.observe(NODE, Map.of()));

        assertEquals(version, fixture.table.version());
    }

    @Test
    public void whoDoesNotWantToWaitIsToldOfTooLittleMemory() {
        fixture.custodian.findAtHandOut("GPU-0", Verdict.insufficient("only 70 GiB of memory free"));
        fixture.custodian.findAtHandOut("GPU-1", Verdict.insufficient("only 60 GiB of memory free"));
        fixture.request(TableFixture.onlyIfIdle(TableFixture.asking("a", 1)));

        assertEquals(LeaseFailure.Kind.BUSY, fixture.failure("a").kind());
        assertTrue(fixture.failure("a").message(), fixture.failure("a").message().contains("only 60 GiB of memory free"));
    }

    @Test
    public void aSickDeviceGoesIntoQuarantineAndTheCleanOnesOfTheOfferAreIdleAgain() {
        fixture.custodian.findAtHandOut("GPU-1", LOST);
        fixture.request("a", 2);

        assertTrue(fixture.isWaiting("a"));
        assertEquals(DeviceState.IDLE, fixture.state(0));
        assertEquals(DeviceState.QUARANTINED, fixture.state(1));
        assertEquals(List.of("handOut a"), fixture.custodian.calls);
    }

    @Test
    public void aRequestWhoseDevicesWereNotCleanKeepsItsPlace() {
        fixture.custodian.findAtHandOut("GPU-1", IN_USE);
        fixture.request("a", 2);
        fixture.request("b", 2);

        assertEquals(List.of("a", "b"), fixture.waiting());
        observe("GPU-1", Verdict.CLEAN);
        fixture.custodian.findAtHandOut("GPU-1", Verdict.CLEAN);
        observe("GPU-1", Verdict.CLEAN);
        assertTrue(fixture.isGranted("a"));
    }

    @Test
    public void whatIsLeftOverAfterALeaseIsQuarantinedUntilItIsSeenClean() {
        fixture.request("a", 1);
        fixture.custodian.findAtTakeBack("GPU-0", IN_USE);
        fixture.release("a");

        assertEquals(DeviceState.QUARANTINED, fixture.state(0));
        assertEquals("used by pid 4711 (python)", fixture.device(0).reason());
        setInventory(Gpus.h100s(2));
        observe("GPU-0", Verdict.occupied("used by pid 4712", List.of()));
        assertEquals(DeviceState.QUARANTINED, fixture.state(0));
        observe("GPU-0", Verdict.CLEAN);
        assertEquals(DeviceState.IDLE, fixture.state(0));
    }

    @Test
    public void aCustodianThatFailsMakesTheNodeUnreachableAndTheRequestWaits() {
        fixture.custodian.failWith("the probe hangs");
        fixture.request("a", 1);

        assertTrue(fixture.isWaiting("a"));
        assertEquals(DeviceState.UNKNOWN, fixture.state(0));
        assertTrue(fixture.view().unreachable().contains("the probe hangs"));
        fixture.custodian.recover();
        setInventory(Gpus.h100s(2));
        assertTrue(fixture.isGranted("a"));
    }

    @Test
    public void aCustodianThatThrowsCountsAsFailed() {
        fixture.custodian.failWith("no channel");
        fixture.custodian.throwInstead();
        fixture.request("a", 1);

        assertTrue(fixture.isWaiting("a"));
        assertTrue(fixture.view().unreachable().contains("no channel"));
    }

    @Test
    public void aCustodianThatLeavesDevicesOutCountsAsFailed() {
        fixture.custodian.leaveOutVerdicts();
        fixture.request("a", 1);

        assertTrue(fixture.isWaiting("a"));
        assertTrue(fixture.view().unreachable().contains("GPU-0"));
    }

    @Test
    public void aFailureFromBeforeTheLastReadingSaysNothingOfNow() {
        fixture.custodian.slow();
        fixture.custodian.failWith("the old channel is closed");
        fixture.request("a", 1);
        fixture.custodian.recover();
        setInventory(Gpus.h100s(2));
        fixture.answer();

        assertTrue(fixture.isGranted("a"));
    }

    @Test
    public void aFailureDoesNotHideWhyTheNodeWasLostBefore() {
        fixture.custodian.slow();
        fixture.custodian.failWith("the channel is closed");
        fixture.request("a", 1);
        fixture.run(() -> fixture.table.setUnreachable(NODE, "the agent is offline"));
        fixture.answer();

        assertTrue(fixture.isWaiting("a"));
        assertEquals("the agent is offline", fixture.view().unreachable());
    }

    @Test
    public void aReleaseThatNobodyCouldLookAtLeavesTheDeviceIdle() throws Exception {
        fixture.request("a", 1);
        fixture.custodian.failWith("the probe hangs");

        assertFalse(fixture.release("a").get().usage().isKnown());
        assertEquals(DeviceState.IDLE, fixture.state(0));
    }

    // ---- nodes come and go

    @Test
    public void aRequestWaitsForANodeThatIsNotKnownYet() {
        TableFixture unknown = new TableFixture();
        unknown.request("a", 1);
        assertTrue(unknown.isWaiting("a"));
        assertEquals(Status.UNKNOWN, unknown.view().inventory().status());

        unknown.with(Gpus.h100s(1));

        assertTrue(unknown.isGranted("a"));
    }

    @Test
    public void anUnknownNodeIsForgottenWithItsLastWaiter() {
        TableFixture unknown = new TableFixture();
        unknown.request("a", 1);
        unknown.cancel("a");

        assertEquals(List.of(), unknown.table.views());
    }

    @Test
    public void nothingIsHandedOutWhileTheNodeIsUnreachable() {
        fixture.request("a", 1);
        fixture.run(() -> fixture.table.setUnreachable(NODE, "the agent is offline"));
        fixture.request("b", 1);

        assertTrue(fixture.isWaiting("b"));
        assertEquals(DeviceState.LEASED, fixture.state(0));
        assertEquals(DeviceState.UNKNOWN, fixture.state(1));
        assertEquals("the agent is offline", fixture.device(1).reason());
    }

    @Test
    public void anAnswerThatComesAfterTheNodeWasLostGrantsNothingAndIsTakenBack() {
        fixture.custodian.slow();
        fixture.request("a", 1);
        fixture.run(() -> fixture.table.setUnreachable(NODE, "the agent is offline"));
        fixture.answer();

        assertTrue(fixture.isWaiting("a"));
        assertEquals(List.of("handOut a", "takeBack a"), fixture.custodian.calls);
        setInventory(Gpus.h100s(2));
        assertTrue(fixture.isGranted("a"));
    }

    @Test
    public void aNodeThatIsRemovedEndsItsLeasesAndFailsItsWaiters() {
        fixture.request("a", 2);
        fixture.request("b", 1);
        fixture.run(() -> fixture.table.removeNode(NODE));

        assertEquals(LeaseFailure.Kind.NODE_REMOVED, fixture.failure("b").kind());
        assertEquals(0, fixture.table.leaseCount());
        assertEquals(0, fixture.table.waiterCount());
        assertTrue(fixture.table.view(NODE).isEmpty());
    }

    @Test
    public void anAnswerForARemovedNodeDoesNotTouchTheNewOneOfThatName() {
        fixture.custodian.slow();
        fixture.request("a", 1);
        fixture.run(() -> fixture.table.removeNode(NODE));
        setInventory(Gpus.h100s(2));
        fixture.answer();

        assertEquals(LeaseFailure.Kind.NODE_REMOVED, fixture.failure("a").kind());
        assertEquals(2, fixture.view().count(DeviceState.IDLE));
        assertEquals(0, fixture.table.leaseCount());
        assertEquals(List.of("handOut a", "takeBack a"), fixture.custodian.calls);
    }

    @Test
    public void aNodeWithoutHardwareFailsRequestsAtOnceWithTheReason() {
        TableFixture bare = new TableFixture();
        bare.request("a", 1);
        bare.with(without(Status.NO_HARDWARE, "no NVIDIA driver is installed"));
        bare.request("b", 1);

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, bare.failure("a").kind());
        assertTrue(bare.failure("b").message().contains("no NVIDIA driver is installed"));
    }

    @Test
    public void aScanThatFailedLetsRequestsWaitAndKeepsWhatWasKnown() {
        setInventory(without(Status.FAILED, "NVML: driver/library version mismatch"));
        fixture.request("a", 3);

        assertTrue(fixture.isWaiting("a"));
        assertEquals(DeviceState.UNKNOWN, fixture.state(0));
        assertEquals("NVML: driver/library version mismatch", fixture.device(0).reason());
        assertEquals(Status.FAILED, fixture.view().inventory().status());
    }

    // ---- devices come and go

    @Test
    public void aNewDeviceServesWhoWaits() {
        fixture.request("a", 2);
        fixture.request("b", 1);
        setInventory(Gpus.h100s(3));

        assertEquals(List.of("GPU-2"), fixture.granted("b").uuids());
    }

    @Test
    public void anIdleDeviceThatVanishesIsGoneAndALeasedOneStaysInItsLease() {
        fixture.request("a", 1);
        setInventory(Gpus.inventory(Gpus.h100(5)));

        assertEquals(
                List.of("GPU-5", "GPU-0"),
                fixture.view().devices().stream().map(view -> view.device().uuid()).toList());
        assertEquals(DeviceState.LEASED, fixture.state(0));
        fixture.release("a");
        assertEquals(1, fixture.view().devices().size());
    }

    @Test
    public void aDeviceWithANewIndexIsTheSameDevice() {
        fixture.request("a", 1);
        Device renumbered = Gpus.gpu(1, "NVIDIA H100 80GB HBM3", Gpus.h100(0).memory(), "9.0");
        setInventory(Gpus.inventory(new Device("GPU-0", 1, renumbered.model(), renumbered.memory(),
                renumbered.computeCapability(), renumbered.pciBusId(), -1, false, null, null, renumbered.health())));

        assertEquals(DeviceState.LEASED, fixture.state(0));
        assertEquals(1, fixture.device(0).device().index());
    }

    @Test
    public void aWaiterFailsOnceTheDevicesItNeedsAreGone() {
        fixture.request("a", 1);
        fixture.request("b", 2);
        setInventory(Gpus.h100s(1));

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("b").kind());
    }

    @Test
    public void aDeviceThatVanishesWhileItIsVerifiedIsNotGranted() {
        fixture.custodian.slow();
        fixture.request("a", 1);
        setInventory(Gpus.inventory(Gpus.h100(1)));
        fixture.answer();

        assertEquals(List.of("GPU-1"), fixture.granted("a").uuids());
        assertEquals(List.of("handOut a", "takeBack a", "handOut a"), fixture.custodian.calls);
    }

    @Test
    public void aRequestThatBecameImpossibleWhileItsDevicesWereVerifiedFails() {
        fixture.custodian.slow();
        fixture.request("a", 2);
        setInventory(Gpus.h100s(1));
        fixture.answer();

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("a").kind());
        assertEquals(DeviceState.IDLE, fixture.state(0));
    }

    // ---- health

    @Test
    public void aSickDeviceOfAnInventoryIsNotHandedOutButMayRecover() {
        setInventory(Gpus.inventory(Gpus.h100(0), Gpus.sick(Gpus.h100(1))));
        fixture.request("a", 2);

        assertTrue(fixture.isWaiting("a"));
        assertEquals(DeviceState.QUARANTINED, fixture.state(1));
        assertEquals("fell off the bus", fixture.device(1).reason());
        setInventory(Gpus.h100s(2));
        assertTrue(fixture.isGranted("a"));
    }

    @Test
    public void aDeviceThatSickensInALeaseIsQuarantinedAfterIt() {
        fixture.request("a", 1);
        observe("GPU-0", LOST);
        assertEquals(DeviceState.LEASED, fixture.state(0));

        fixture.release("a");

        assertEquals(DeviceState.QUARANTINED, fixture.state(0));
        setInventory(Gpus.h100s(2));
        assertEquals(DeviceState.IDLE, fixture.state(0));
    }

    @Test
    public void aDeviceThatSickensWhileItIsVerifiedIsNotGranted() {
        fixture.custodian.slow();
        fixture.request("a", 1);
        observe("GPU-0", LOST);
        fixture.answer();

        assertEquals(List.of("GPU-1"), fixture.granted("a").uuids());
        assertEquals(DeviceState.QUARANTINED, fixture.state(0));
    }

    @Test
    public void aLaterLookMovesIdleDevicesAsideAndBack() {
        observe("GPU-0", IN_USE);
        assertEquals(DeviceState.OCCUPIED, fixture.state(0));
        observe("GPU-0", LOST);
        assertEquals(DeviceState.QUARANTINED, fixture.state(0));
        observe("GPU-0", Verdict.CLEAN);
        assertEquals(DeviceState.IDLE, fixture.state(0));
        fixture.request("a", 2);
        assertTrue(fixture.isGranted("a"));
    }

    @Test
    public void aLookAtALeasedDeviceDoesNotCountItsOwnProcesses() {
        fixture.request("a", 1);
        observe("GPU-0", IN_USE);
        fixture.release("a");

        assertEquals(DeviceState.IDLE, fixture.state(0));
    }

    @Test
    public void whatIsNotKnownIsIgnored() {
        observe("GPU-77", IN_USE);
        fixture.run(() -> fixture.table.observe("nowhere", Map.of("GPU-0", IN_USE)));

        assertEquals(2, fixture.view().count(DeviceState.IDLE));
        assertTrue(fixture.table.view("nowhere").isEmpty());
        fixture.run(() -> fixture.table.removeNode("nowhere"));
        fixture.request("a", 2);
        assertTrue(fixture.isGranted("a"));
    }
}
