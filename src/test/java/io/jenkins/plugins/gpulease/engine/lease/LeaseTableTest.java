package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.asking;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.onlyIfIdle;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.urgent;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.util.List;
import org.junit.Test;

/** The way of a request through the table, and the order of those that wait. */
public class LeaseTableTest {

    private final TableFixture fixture = new TableFixture().with(Gpus.h100s(4));

    @Test
    public void aRequestIsGrantedVerifiedDevices() {
        fixture.request("a", 2);

        assertEquals(List.of("GPU-0", "GPU-1"), fixture.granted("a").uuids());
        assertEquals(List.of("handOut a"), fixture.custodian.calls);
        assertEquals(DeviceState.LEASED, fixture.state(0));
        assertEquals("a", fixture.device(1).lease());
        assertEquals(DeviceState.IDLE, fixture.state(2));
    }

    @Test
    public void devicesAreOfferedWhileTheyAreVerified() {
        fixture.custodian.slow();
        fixture.request("a", 1);

        assertEquals(DeviceState.OFFERED, fixture.state(0));
        assertEquals(0, fixture.table.leaseCount());
        assertTrue(fixture.isWaiting("a"));
        fixture.answer();
        assertTrue(fixture.isGranted("a"));
        assertEquals(0, fixture.table.waiterCount());
    }

    @Test
    public void aRequestGetsAllDevicesOrNone() {
        fixture.request("a", 3);
        fixture.request("b", 2);

        assertTrue(fixture.isWaiting("b"));
        assertEquals(DeviceState.IDLE, fixture.state(3));
    }

    @Test
    public void aReleasedDeviceGoesToWhoWaits() {
        fixture.request("a", 4);
        fixture.request("b", 1);
        assertTrue(fixture.isWaiting("b"));

        fixture.release("a");

        assertTrue(fixture.isGranted("b"));
    }

    @Test
    public void theLeaseIsGoneWhenReleaseReturnsAndTheDevicesAreCheckedAfterwards() {
        fixture.request("a", 1);
        fixture.custodian.slow();
        fixture.release("a");

        assertTrue(fixture.table.lease("a").isEmpty());
        assertEquals(DeviceState.RETURNING, fixture.state(0));
        fixture.answer();
        assertEquals(DeviceState.IDLE, fixture.state(0));
    }

    @Test
    public void releaseTellsWhatWasUsed() throws Exception {
        fixture.request("a", 2);

        assertEquals(2, fixture.release("a").get().usage().devices().size());
    }

    @Test
    public void aSecondReleaseDoesNothing() throws Exception {
        fixture.request("a", 1);
        fixture.release("a");

        assertFalse(fixture.release("a").get().usage().isKnown());
        assertFalse(fixture.release("never there").get().usage().isKnown());
        assertEquals(List.of("handOut a", "takeBack a"), fixture.custodian.calls);
    }

    @Test
    public void higherPriorityGoesFirstThenWhoCameFirst() {
        fixture.request("a", 4);
        fixture.request("b", 4);
        fixture.request("c", 4);
        fixture.request(urgent("d", 4, 5));

        assertEquals(List.of("d", "b", "c"), fixture.waiting());
        fixture.release("a");
        assertTrue(fixture.isGranted("d"));
    }

    @Test
    public void anIdThatIsInUseIsRefused() {
        fixture.request("a", 4);
        fixture.request("b", 4);

        assertThrows(IllegalArgumentException.class, () -> fixture.table.request(asking("a", 1), null));
        assertThrows(IllegalArgumentException.class, () -> fixture.table.request(asking("b", 1), null));
    }

    @Test
    public void whatCanNeverBeSatisfiedFailsAtOnceAndNamesTheClosest() {
        fixture.request(asking("a", DeviceRequest.of(1).withMinMemory(MemorySize.parse("200 GB"))));

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("a").kind());
        assertTrue(fixture.failure("a").message().contains("has 79.6 GiB, 200 GB asked"));
        assertEquals(0, fixture.table.waiterCount());
    }

    @Test
    public void aCancelledRequestIsNeverHeardOfAgain() {
        fixture.request("a", 4);
        fixture.request("b", 1);

        assertTrue(fixture.cancel("b"));
        assertFalse(fixture.cancel("b"));
        fixture.release("a");
        assertEquals(List.of(), fixture.outcomes("b"));
    }

    @Test
    public void aRequestThatAnotherGivesUpFailsAndIsOutOfTheOrder() {
        fixture.request("a", 4);
        fixture.request("b", 1);
        LeaseFailure failure = new LeaseFailure(LeaseFailure.Kind.HOLDER_ENDED, "b has ended");

        assertTrue(fixture.abandon("b", failure));
        assertFalse(fixture.abandon("b", failure));

        assertEquals(failure, fixture.failure("b"));
        assertEquals(0, fixture.table.waiterCount());
    }

    @Test
    public void aGrantedRequestCantBeCancelled() {
        fixture.request("a", 1);

        assertFalse(fixture.cancel("a"));
        assertTrue(fixture.table.lease("a").isPresent());
    }

    @Test
    public void whatACancelledRequestWasOfferedIsTakenBackBeforeItIsIdle() {
        fixture.custodian.slow();
        fixture.request("a", 1);
        assertTrue(fixture.cancel("a"));

        assertEquals(DeviceState.RETURNING, fixture.state(0));
        fixture.answer();
        assertEquals(List.of("handOut a", "takeBack a"), fixture.custodian.calls);
        assertEquals(DeviceState.IDLE, fixture.state(0));
        assertEquals(List.of(), fixture.outcomes("a"));
    }

    @Test
    public void aCancellationFreesTheWayForThoseBehind() {
        TableFixture strict = new TableFixture(0).with(Gpus.h100s(2));
        strict.request("a", 1);
        strict.request("b", 2);
        strict.request("c", 1);
        assertTrue(strict.isWaiting("c"));

        strict.cancel("b");

        assertTrue(strict.isGranted("c"));
    }

    @Test
    public void aRequestThatOnlyWantsIdleDevicesFailsWhenThereAreNone() {
        fixture.request("a", 4);
        fixture.request(onlyIfIdle(asking("b", 1)));

        assertEquals(LeaseFailure.Kind.BUSY, fixture.failure("b").kind());
        assertTrue(fixture.failure("b").message().contains("leased by build a"));
    }

    @Test
    public void aRequestThatOnlyWantsIdleDevicesGetsOthersWhenTheFirstWereNotClean() {
        fixture.custodian.findAtHandOut("GPU-0", Verdict.occupied("used by pid 7", List.of()));
        fixture.request(onlyIfIdle(asking("a", 1)));

        assertEquals(List.of("GPU-1"), fixture.granted("a").uuids());
    }

    @Test
    public void aRequestThatOnlyWantsIdleDevicesFailsWhenNoneWereClean() {
        for (int i = 0; i < 4; i++) {
            fixture.custodian.findAtHandOut("GPU-" + i, Verdict.occupied("used by pid 7", List.of()));
        }
        fixture.request(onlyIfIdle(asking("a", 1)));

        assertEquals(LeaseFailure.Kind.BUSY, fixture.failure("a").kind());
        assertTrue(fixture.failure("a").message().contains("occupied: used by pid 7"));
    }

    @Test
    public void aRequestThatOnlyWantsIdleDevicesFailsWhereTheNodeCantBeAsked() {
        fixture.run(() -> fixture.table.setUnreachable(TableFixture.NODE, "the probe hangs"));
        fixture.request(onlyIfIdle(asking("a", 1)));

        assertEquals(LeaseFailure.Kind.BUSY, fixture.failure("a").kind());
        assertTrue(fixture.failure("a").message().contains("the probe hangs"));
    }

    @Test
    public void nothingIsOfferedWhilePausedAndEverythingAfterwards() {
        fixture.run(fixture.table::pause);
        fixture.request("a", 1);
        fixture.request(onlyIfIdle(asking("b", 1)));
        assertTrue(fixture.isWaiting("a"));
        assertTrue(fixture.isWaiting("b"));

        fixture.run(fixture.table::resume);

        assertTrue(fixture.isGranted("a"));
        assertTrue(fixture.isGranted("b"));
    }

    @Test
    public void aListenerThatThrowsHarmsNobody() {
        fixture.run(() -> fixture.table.request(asking("a", 1), new GrantListener() {
            @Override
            public void onGranted(Lease lease) {
                throw new IllegalStateException("listener");
            }

            @Override
            public void onFailed(LeaseFailure failure) {
                throw new AssertionError(failure);
            }
        }));

        assertTrue(fixture.table.lease("a").isPresent());
        fixture.release("a");
        assertEquals(4, fixture.view().count(DeviceState.IDLE));
    }
}
