package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.NODE;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.asking;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.inside;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.not;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Devices that a person takes out of service. */
public class DrainTest {

    private static final String WHY = "fan is replaced on Friday";

    private final TableFixture fixture = new TableFixture().with(Gpus.h100s(2));

    private void drain(String uuid) {
        fixture.run(() -> fixture.table.drain(uuid, WHY));
    }

    private void undrain(String uuid) {
        fixture.run(() -> fixture.table.undrain(uuid));
    }

    @Test
    public void aDrainedDeviceIsNotHandedOut() {
        drain("GPU-0");
        fixture.request("a", 1);
        fixture.request("b", 1);

        assertEquals(List.of("GPU-1"), fixture.granted("a").uuids());
        assertTrue(fixture.isWaiting("b"));
    }

    @Test
    public void itIsDrainedForAReason() {
        drain("GPU-0");

        assertEquals(DeviceState.DRAINED, fixture.state(0));
        assertEquals(WHY, fixture.device(0).reason());
        assertEquals(DeviceState.IDLE, fixture.state(1));
        assertNull(fixture.device(1).drained());
    }

    @Test
    public void whoWaitsGetsItOnceItIsBackInService() {
        drain("GPU-0");
        fixture.request("a", 2);
        assertTrue(fixture.isWaiting("a"));

        undrain("GPU-0");
        assertTrue(fixture.isGranted("a"));
    }

    @Test
    public void aLeaseGoesOnAndTheDeviceIsDrainedAfterIt() {
        fixture.request("a", 1);
        drain("GPU-0");
        assertEquals(DeviceState.LEASED, fixture.state(0));
        assertEquals(WHY, fixture.device(0).drained());

        fixture.release("a");
        assertEquals(DeviceState.DRAINED, fixture.state(0));
    }

    @Test
    public void subLeasesOfALeaseThatGoesOnAreHandedOut() {
        fixture.request("outer", 2);
        drain("GPU-0");
        drain("GPU-1");
        fixture.request(inside("outer", "inner", 2));

        assertTrue(fixture.isGranted("inner"));
    }

    @Test
    public void waitersAreToldWhy() {
        fixture.request("a", 1);
        drain("GPU-0");
        drain("GPU-1");
        fixture.request("b", 1);

        assertThat(fixture.explanation("b"), containsString("leased by build a for 0 s; then drained: " + WHY));
        assertThat(fixture.explanation("b"), containsString("GPU 1 (NVIDIA H100 80GB HBM3): drained: " + WHY));
    }

    @Test
    public void waitersForAnyNodeAreToldWhy() {
        drain("GPU-0");
        drain("GPU-1");
        fixture.anywhere("a", 1, new ScriptedCandidates().with(NODE, 1));

        assertThat(fixture.explanation("a"), containsString("0 of 2 suitable GPUs idle; 2 drained: " + WHY));
    }

    @Test
    public void aRequestThatOnlyADrainedDeviceSuitsWaitsAndHoldsUpNobody() {
        TableFixture strict = new TableFixture(0).with(Gpus.inventory(Gpus.h100(0), Gpus.t4(1)));
        strict.run(() -> strict.table.drain("GPU-0", WHY));
        strict.request("both", 2);
        strict.request("one", 1);

        assertTrue(strict.isWaiting("both"));
        assertTrue(strict.isGranted("one"));
    }

    @Test
    public void whoAsksForAllGetsAllButTheDrainedOnes() {
        drain("GPU-0");
        assertTrue(fixture.table.hasIdle(NODE, DeviceRequest.of(DeviceRequest.ALL)));
        fixture.request(asking("all", DeviceRequest.of(DeviceRequest.ALL)));

        assertEquals(List.of("GPU-1"), fixture.granted("all").uuids());
    }

    @Test
    public void schedulersDontCountOnIt() {
        drain("GPU-0");

        assertTrue(fixture.table.hasIdle(NODE, DeviceRequest.of(1)));
        assertFalse(fixture.table.hasIdle(NODE, DeviceRequest.of(2)));
    }

    @Test
    public void nobodyElseJoinsThoseWhoShareIt() {
        TableFixture one = new TableFixture().with(Gpus.h100s(1));
        DeviceRequest share = DeviceRequest.of(1).withMinMemory(MemorySize.parse("10 GiB")).withShared(true);
        one.request(asking("a", share));
        one.run(() -> one.table.drain("GPU-0", WHY));
        one.request(asking("b", share));

        assertTrue(one.isWaiting("b"));
        assertFalse(one.table.hasIdle(NODE, share));
        assertThat(one.explanation("b"), containsString("promised; then drained: " + WHY));
    }

    @Test
    public void itStaysDrainedWhenItsNodeIsForgottenAndComesBack() {
        drain("GPU-0");
        fixture.run(() -> fixture.table.removeNode(NODE));
        fixture.with(Gpus.h100s(2));

        assertEquals(DeviceState.DRAINED, fixture.state(0));
    }

    @Test
    public void aDeviceThatIsNotKnownYetIsDrainedWhenItComes() {
        drain("GPU-2");
        fixture.with(Gpus.h100s(3));

        assertEquals(DeviceState.DRAINED, fixture.state(2));
    }

    @Test
    public void aGpuTakesItsMigInstancesWithIt() {
        Device gpu = Gpus.inMigMode(Gpus.h100(0));
        Device instance = Gpus.instanceOf(gpu, "1g.10gb");
        fixture.with(Gpus.inventory(gpu, instance));
        drain("GPU-0");

        DeviceView view = fixture.view().devices().get(1);
        assertEquals(instance.uuid(), view.device().uuid());
        assertEquals(DeviceState.DRAINED, view.state());
    }

    @Test
    public void whatElseIsWrongWithItIsStillSaid() {
        drain("GPU-0");
        fixture.run(() -> fixture.table.observe(NODE, Map.of("GPU-0", Verdict.sick("fell off the bus"))));

        assertEquals(DeviceState.QUARANTINED, fixture.state(0));
        assertEquals("fell off the bus", fixture.device(0).reason());
        assertEquals(WHY, fixture.device(0).drained());
    }

    @Test
    public void theReasonCanBeChanged() {
        drain("GPU-0");
        fixture.run(() -> fixture.table.drain("GPU-0", "sold"));

        assertEquals("sold", fixture.device(0).reason());
    }

    @Test
    public void whatIsSaidTwiceChangesNothing() {
        drain("GPU-0");
        DeviceView before = fixture.device(0);
        drain("GPU-0");

        assertEquals(before, fixture.device(0));
        undrain("GPU-1");
        assertThat(fixture.explanation("nobody"), not(containsString(WHY)));
    }
}
