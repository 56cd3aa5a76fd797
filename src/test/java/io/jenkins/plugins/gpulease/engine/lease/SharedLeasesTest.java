package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.NODE;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.asking;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Leases that share devices within budgets: T4 have 15 GiB, of which half a GiB is not promised. */
public class SharedLeasesTest {

    private final TableFixture fixture = new TableFixture();

    private static LeaseRequest sharing(String id, int count, String budget) {
        return asking(id, DeviceRequest.of(count).withMinMemory(MemorySize.parse(budget)).withShared(true));
    }

    private void share(String id, String budget) {
        fixture.request(sharing(id, 1, budget));
    }

    private List<String> uuids(String id) {
        return fixture.granted(id).uuids();
    }

    @Test
    public void severalLeasesShareADeviceAsLongAsTheirBudgetsFit() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        share("a", "7 GiB");
        share("b", "7 GiB");
        share("c", "1 GiB");

        assertTrue(fixture.isGranted("a") && fixture.isGranted("b"));
        assertTrue(fixture.isWaiting("c"));
        assertEquals(new Sharing(List.of("a", "b"), MemorySize.parse("14 GiB"), MemorySize.parse("512 MiB")),
                fixture.device(0).sharing());
        assertEquals(DeviceState.LEASED, fixture.state(0));

        fixture.release("a");

        assertTrue(fixture.isGranted("c"));
        assertEquals(MemorySize.parse("7 GiB"), fixture.granted("b").budget());
    }

    @Test
    public void theyArePackedOntoAsFewDevicesAsPossible() {
        fixture.with(Gpus.inventory(Gpus.h100(0), Gpus.t4(1), Gpus.t4(2)));
        share("a", "10 GiB");
        assertEquals("the smallest that suffices", List.of("GPU-1"), uuids("a"));
        share("b", "6 GiB");
        assertEquals("no room beside a", List.of("GPU-2"), uuids("b"));
        share("c", "4 GiB");
        assertEquals("the fullest in which it fits", List.of("GPU-1"), uuids("c"));
        share("d", "8 GiB");
        assertEquals(List.of("GPU-2"), uuids("d"));
        share("e", "4 GiB");
        assertEquals(List.of("GPU-0"), uuids("e"));
    }

    @Test
    public void severalDevicesMayBeSharedAtOnce() {
        fixture.with(Gpus.inventory(Gpus.t4(0), Gpus.t4(1), Gpus.t4(2)));
        share("a", "4 GiB");
        fixture.request(sharing("b", 2, "4 GiB"));
        assertEquals(List.of("GPU-0", "GPU-1"), uuids("b"));
        fixture.request(sharing("c", 3, "8 GiB"));
        assertTrue(fixture.isWaiting("c"));
        fixture.release("a");
        assertEquals(List.of("GPU-0", "GPU-1", "GPU-2"), uuids("c"));
    }

    @Test
    public void neighboursAreThoseOnTheSameDevice() {
        fixture.with(Gpus.inventory(Gpus.t4(0), Gpus.t4(1)));
        share("a", "8 GiB");
        fixture.request(sharing("b", 2, "4 GiB"));
        fixture.request(sharing("c", 1, "2 GiB"));

        assertEquals(List.of("b", "c"), neighbours("a", "GPU-0"));
        assertEquals(List.of("a", "c"), neighbours("b", "GPU-0"));
        assertEquals(List.of(), neighbours("b", "GPU-1"));

        List.of("a", "b", "c").forEach(fixture::release);
        assertEquals(List.of(), neighbours("b", "GPU-0"));
        assertEquals(0, fixture.table.leaseCount() + fixture.table.waiterCount());
        assertEquals(DeviceState.IDLE, fixture.state(0));
    }

    private List<String> neighbours(String lease, String uuid) {
        return fixture.view().neighbours(lease, uuid).stream().map(Lease::id).toList();
    }

    @Test
    public void sharedAndExclusiveLeasesAreNeverMixed() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        share("a", "1 GiB");
        fixture.request("whole", 1);
        assertTrue(fixture.isWaiting("whole"));
        fixture.release("a");
        assertTrue(fixture.isGranted("whole"));
        share("b", "1 GiB");
        assertTrue(fixture.isWaiting("b"));
    }

    @Test
    public void aBudgetThatNeverFitsIsImpossible() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        share("a", "14.6 GiB");
        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("a").kind());
        assertEquals("agent-1 can't share its GPUs so: 1 shared GPU with at least 14.6 GiB asked, and of each GPU's memory 512 MiB are"
                + " kept free while it is shared; ask for less, or leave out shared", fixture.failure("a").message());
    }

    @Test
    public void theMarginCanBeSet() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        fixture.run(() -> fixture.table.setMargin(NODE, MemorySize.ZERO));
        assertEquals(MemorySize.ZERO, fixture.table.margin(NODE));
        share("a", "14.6 GiB");
        assertTrue(fixture.isGranted("a"));
        share("b", "400 MiB");
        assertTrue(fixture.isGranted("b"));
        share("c", "12 GiB");
        fixture.run(() -> fixture.table.setMargin(NODE, MemorySize.parse("4 GiB")));
        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("c").kind());
        assertEquals(MemorySize.ZERO, fixture.device(0).sharing().free());
    }

    @Test
    public void theExplanationNamesWhoSharesAndHowMuchIsPromised() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        share("a", "5 GiB");
        share("b", "7 GiB");
        share("c", "3 GiB");
        fixture.request("whole", 1);
        String line = "GPU 0 (Tesla T4): shared by build a, build b: 12 GiB of 15 GiB promised";
        assertThat(fixture.explanation("c"), containsString(line));
        assertThat(fixture.explanation("whole"), containsString(line));
    }

    @Test
    public void whatOneLeavesBehindKeepsNewOnesOutUntilItIsClean() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        share("a", "4 GiB");
        share("b", "4 GiB");
        fixture.custodian.findAtTakeBack("GPU-0", Verdict.occupied("in use by pid 7", List.of()));
        fixture.release("a");
        assertTrue("b goes on", fixture.table.lease("b").isPresent());
        assertTrue(fixture.device(0).isUnclean());
        share("c", "4 GiB");
        assertTrue(fixture.isWaiting("c"));
        assertThat(fixture.explanation("c"), containsString("shared by build b: 4 GiB of 15 GiB promised; takes nobody else: in use by pid 7"));

        fixture.run(() -> fixture.table.observe(NODE, Map.of("GPU-0", Verdict.CLEAN)));

        assertTrue(fixture.isGranted("c"));
        assertFalse(fixture.device(0).isUnclean());
    }

    @Test
    public void aNeighboursCleanReturnSaysNothingOfWhatAnotherLeft() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        share("a", "4 GiB");
        share("b", "4 GiB");
        fixture.custodian.findAtTakeBack("GPU-0", Verdict.occupied("in use by pid 7", List.of()));
        fixture.release("a");
        fixture.custodian.findAtTakeBack("GPU-0", Verdict.CLEAN);
        fixture.release("b");
        assertEquals(DeviceState.QUARANTINED, fixture.state(0));
        assertNull(fixture.device(0).sharing());
    }

    @Test
    public void aStrangerOnASharedDeviceKeepsNewOnesOutAndTheOthersGoOn() {
        fixture.with(Gpus.inventory(Gpus.t4(0), Gpus.h100(1)));
        share("a", "4 GiB");
        fixture.custodian.findAtHandOut("GPU-0", Verdict.occupied("in use by pid 7", List.of()));
        share("b", "4 GiB");
        assertEquals(List.of("GPU-1"), uuids("b"));
        assertTrue(fixture.table.lease("a").isPresent());
        assertEquals("in use by pid 7", fixture.device(0).reason());
    }

    @Test
    public void aBudgetIsBoundUntilItIsBack() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        share("a", "8 GiB");
        fixture.custodian.slow();
        fixture.release("a");
        share("b", "8 GiB");
        assertTrue(fixture.isWaiting("b"));
        fixture.answer();
        assertTrue(fixture.isGranted("b"));
    }

    @Test
    public void nothingIsTakenOutOfASharedLease() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        share("a", "8 GiB");
        fixture.request(TableFixture.inside("a", "sub", 1));
        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("sub").kind());
        assertThat(fixture.failure("sub").message(), containsString("leave out the inner block"));
    }

    @Test
    public void nothingIsSharedWithinALease() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        fixture.request("a", 1);
        LeaseRequest like = sharing("sub", 1, "1 GiB");
        fixture.request(new LeaseRequest("sub", NODE, like.devices(), like.holder(), 0, "a", false));
        assertThat(fixture.failure("sub").message(), containsString("leave out shared in the inner block"));
    }

    private static Lease lease(String id, boolean shared) {
        return new Lease(id, NODE, List.of(Gpus.t4(0)), MemorySize.parse("8 GiB"), new Holder(id, "build " + id), null,
                Instant.EPOCH, Instant.EPOCH, shared);
    }

    @Test
    public void sharedLeasesAreTakenUpTogether() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        fixture.run(() -> fixture.table.adopt(lease("a", true)));
        fixture.run(() -> fixture.table.adopt(lease("b", true)));
        assertEquals(2, fixture.table.leaseCount());
        assertEquals("what was granted before stays", MemorySize.ZERO, fixture.device(0).sharing().free());
        assertThrows(IllegalStateException.class, () -> fixture.table.adopt(lease("c", false)));
        fixture.release("a");
        fixture.release("b");
        assertEquals(DeviceState.IDLE, fixture.state(0));
    }

    @Test
    public void whetherThereIsRoomCanBeAskedWithoutWaiting() {
        fixture.with(Gpus.inventory(Gpus.t4(0)));
        share("a", "8 GiB");
        assertTrue(fixture.table.hasIdle(NODE, sharing("x", 1, "6.5 GiB").devices()));
        assertFalse(fixture.table.hasIdle(NODE, sharing("x", 1, "6.6 GiB").devices()));
        assertFalse(fixture.table.hasIdle(NODE, DeviceRequest.of(1)));
    }

    @Test
    public void whoWantsOneForItselfIsNotStarvedByThoseWhoShare() {
        fixture.with(Gpus.inventory(Gpus.t4(0), Gpus.t4(1)));
        share("s0", "7 GiB");
        share("s1", "7 GiB");
        share("s2", "7 GiB");
        share("s3", "7 GiB");
        fixture.request("whole", 1);
        int next = 4;
        for (int round = 0; round < 20 && !fixture.isGranted("whole"); round++, next++) {
            share("s" + next, "7 GiB"); // there is always one more, and the oldest ends
            fixture.release("s" + round);
        }
        assertTrue(fixture.isGranted("whole"));
        assertTrue("overtaken four times, then both who were there on one device had to end: " + next, next <= 4 + 4 + 3);
    }

    @Test
    public void onlyAsManySharedDevicesAreKeptAsAreNeeded() {
        TableFixture strict = new TableFixture(0).with(Gpus.inventory(Gpus.t4(0), Gpus.t4(1)));
        strict.request(sharing("a", 2, "4 GiB"));
        strict.request(sharing("b", 1, "4 GiB"));
        strict.request("whole", 1);
        strict.request(sharing("c", 1, "4 GiB"));
        assertEquals("the emptier one is kept", List.of("GPU-0"), strict.granted("c").uuids());
        strict.request(sharing("d", 1, "4 GiB"));
        assertTrue(strict.isWaiting("d"));
        strict.release("a");
        assertEquals(List.of("GPU-1"), strict.granted("whole").uuids());
    }

    @Test
    public void whoSharesIsNotStarvedByThoseWhoWantAll() {
        TableFixture strict = new TableFixture(0).with(Gpus.inventory(Gpus.t4(0), Gpus.t4(1)));
        strict.request("whole", 1);
        strict.request(sharing("two", 2, "4 GiB"));
        strict.request("next", 1);
        assertTrue(strict.isWaiting("next"));
        strict.release("whole");
        assertTrue(strict.isGranted("two"));
    }
}
