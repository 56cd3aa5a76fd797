package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.NODE;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.inside;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Leases that are taken out of a lease. */
public class SubLeaseTest {

    private final TableFixture fixture = new TableFixture().with(Gpus.h100s(4));

    @Before
    public void takeTwoDevices() {
        fixture.request("outer", 2);
    }

    @Test
    public void parallelBranchesSplitWhatTheirParentHolds() {
        fixture.request(inside("outer", "a", 1));
        fixture.request(inside("outer", "b", 1));

        assertEquals(List.of("GPU-0"), fixture.granted("a").uuids());
        assertEquals(List.of("GPU-1"), fixture.granted("b").uuids());
        assertTrue(fixture.granted("b").isSubLease());
    }

    @Test
    public void aBranchWaitsForItsSiblingThoughTheNodeHasIdleDevices() {
        fixture.request(inside("outer", "a", 2));
        fixture.request(inside("outer", "b", 1));
        assertTrue(fixture.isWaiting("b"));

        fixture.release("a");

        assertTrue(fixture.isGranted("b"));
        assertEquals(2, fixture.view().count(DeviceState.IDLE));
    }

    @Test
    public void moreThanTheParentHasFailsAtOnce() {
        fixture.request(inside("outer", "a", 3));

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("a").kind());
        assertTrue(fixture.failure("a").message().contains("has 2 GPUs, 3 GPUs asked"));
    }

    @Test
    public void aDeviceThatTheParentLacksFailsAtOnce() {
        fixture.request(new LeaseRequest("a", NODE, DeviceRequest.of(1).withModel("A100"), new Holder("a", "a"), 0,
                "outer", false));

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("a").kind());
    }

    @Test
    public void theEndOfTheParentEndsEverythingInside() {
        fixture.request(inside("outer", "a", 2));
        fixture.request(inside("a", "deeper", 1));
        fixture.request(inside("outer", "b", 1));
        fixture.request(inside("a", "c", 2));
        fixture.release("outer");

        assertEquals(0, fixture.table.leaseCount());
        assertEquals(LeaseFailure.Kind.PARENT_ENDED, fixture.failure("b").kind());
        assertEquals(LeaseFailure.Kind.PARENT_ENDED, fixture.failure("c").kind());
        assertEquals(4, fixture.view().count(DeviceState.IDLE));
        assertTrue(fixture.custodian.calls.containsAll(List.of("takeBack outer", "takeBack a", "takeBack deeper")));
    }

    @Test
    public void theEndOfTheParentWithdrawsWhatIsBeingVerified() {
        fixture.custodian.slow();
        fixture.request(inside("outer", "a", 1));
        fixture.release("outer");
        assertEquals(LeaseFailure.Kind.PARENT_ENDED, fixture.failure("a").kind());

        fixture.answer();

        assertEquals(List.of("handOut outer", "handOut a", "takeBack outer", "takeBack a"), fixture.custodian.calls);
        assertEquals(4, fixture.view().count(DeviceState.IDLE));
        assertEquals(0, fixture.table.leaseCount());
    }

    @Test
    public void aSubLeaseOfAnEndedLeaseFails() {
        fixture.release("outer");
        fixture.request(inside("outer", "a", 1));

        assertEquals(LeaseFailure.Kind.PARENT_ENDED, fixture.failure("a").kind());
    }

    @Test
    public void subLeasesOfSubLeasesWorkTheSame() {
        fixture.request(inside("outer", "a", 2));
        fixture.request(inside("a", "b", 1));
        fixture.request(inside("a", "c", 2));
        assertTrue(fixture.isGranted("b"));
        assertTrue(fixture.isWaiting("c"));

        fixture.release("b");

        assertTrue(fixture.isGranted("c"));
    }

    @Test
    public void whatIsLeftOnASubLeasesDevicesIsTheParentsAffair() throws Exception {
        fixture.request(inside("outer", "a", 1));
        fixture.custodian.findAtTakeBack("GPU-0", Verdict.occupied("used by pid 1", List.of()));

        assertTrue(fixture.release("a").get().usage().isKnown());
        fixture.request(inside("outer", "b", 2));
        assertTrue(fixture.isGranted("b"));
    }

    @Test
    public void aDeviceThatIsTooFullForASubLeaseIsTriedAgainWhenItIsCleanAndNotInALoop() {
        fixture.custodian.findAtHandOut("GPU-0", Verdict.occupied("60 GiB are in use", List.of()));
        fixture.request(inside("outer", "a", 2));
        assertTrue(fixture.isWaiting("a"));
        assertTrue(fixture.explanation("a").contains("60 GiB are in use"));

        fixture.custodian.findAtHandOut("GPU-0", Verdict.CLEAN);
        fixture.run(() -> fixture.table.observe(NODE, Map.of("GPU-0", Verdict.CLEAN)));

        assertTrue(fixture.isGranted("a"));
    }

    @Test
    public void aDeviceThatDidntSuitASubLeaseIsTriedAgainAfterAWhile() {
        fixture.custodian.findAtHandOut("GPU-0", Verdict.occupied("60 GiB are in use", List.of()));
        fixture.request(inside("outer", "a", 2));
        fixture.custodian.findAtHandOut("GPU-0", Verdict.CLEAN);
        fixture.run(() -> fixture.table.observe(NODE, Map.of()));
        assertTrue(fixture.isWaiting("a"));

        fixture.passTime(Duration.ofSeconds(30));
        fixture.run(() -> fixture.table.observe(NODE, Map.of()));

        assertTrue(fixture.isGranted("a"));
    }

    @Test
    public void aSubLeaseOnAnotherNodeIsRefused() {
        LeaseRequest elsewhere = new LeaseRequest(
                "a", "agent-2", DeviceRequest.of(1), new Holder("a", "a"), 0, "outer", false);

        assertThrows(IllegalArgumentException.class, () -> fixture.table.request(elsewhere, null));
        assertTrue(fixture.table.view("agent-2").isEmpty());
    }

    @Test
    public void aRemovedNodeFailsThoseThatWaitInside() {
        fixture.request(inside("outer", "a", 2));
        fixture.request(inside("outer", "b", 1));
        fixture.run(() -> fixture.table.removeNode(NODE));

        assertEquals(LeaseFailure.Kind.NODE_REMOVED, fixture.failure("b").kind());
        assertEquals(0, fixture.table.leaseCount());
    }
}
