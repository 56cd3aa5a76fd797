package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.inside;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.lease;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import java.util.List;
import org.junit.Test;

/** Leases from before a restart. */
public class AdoptionTest {

    private static final Device FIRST = Gpus.h100(0);
    private static final Device SECOND = Gpus.h100(1);

    private final TableFixture fixture = new TableFixture();

    private void adopt(Lease lease) {
        fixture.run(() -> fixture.table.adopt(lease));
    }

    @Test
    public void aLeaseIsTakenUpBeforeItsNodeIsKnown() {
        adopt(lease("a", null, FIRST));
        assertTrue(fixture.table.lease("a").isPresent());
        assertEquals(DeviceState.LEASED, fixture.state(0));

        fixture.with(Gpus.h100s(2));
        fixture.request("b", 2);
        fixture.request("c", 1);

        assertEquals(List.of("GPU-1"), fixture.granted("c").uuids());
        fixture.release("a");
        fixture.release("c");
        assertTrue(fixture.isGranted("b"));
    }

    @Test
    public void takingUpTwiceIsTheSameAsOnce() {
        adopt(lease("a", null, FIRST));
        adopt(lease("a", null, FIRST));

        assertEquals(1, fixture.table.leaseCount());
    }

    @Test
    public void takingUpWhatIsThereNamesItsHolderAnew() {
        fixture.with(Gpus.h100s(2));
        fixture.request("a", 1);
        Lease granted = fixture.granted("a");
        Holder holder = new Holder("training#12/a", "training #12");

        adopt(granted.heldBy(holder));

        assertEquals(granted.heldBy(holder), fixture.table.lease("a").orElseThrow());
        assertEquals(List.of(granted.heldBy(holder)), fixture.table.views().get(0).leases());
        assertEquals(1, fixture.table.leaseCount());
    }

    @Test
    public void anUnknownNodeIsForgottenWithItsLastLease() {
        adopt(lease("a", null, FIRST));
        fixture.release("a");

        assertEquals(List.of(), fixture.table.views());
    }

    @Test
    public void aConflictNamesBoth() {
        adopt(lease("a", null, FIRST, SECOND));

        IllegalStateException refusal =
                assertThrows(IllegalStateException.class, () -> fixture.table.adopt(lease("b", null, SECOND)));
        assertTrue(refusal.getMessage(), refusal.getMessage().contains("Lease b of build b"));
        assertTrue(refusal.getMessage(), refusal.getMessage().contains("lease a of build a"));
        assertTrue(fixture.table.lease("b").isEmpty());
    }

    @Test
    public void whatIsOfferedToARequestCantBeTakenUp() {
        fixture.with(Gpus.h100s(1));
        fixture.custodian.slow();
        fixture.request("a", 1);

        assertThrows(IllegalStateException.class, () -> fixture.table.adopt(lease("b", null, FIRST)));
    }

    @Test
    public void aSubLeaseIsTakenUpAfterItsParent() {
        adopt(lease("outer", null, FIRST, SECOND));
        adopt(lease("inner", "outer", FIRST));
        fixture.with(Gpus.h100s(2));
        fixture.request(inside("outer", "a", 1));

        assertEquals(List.of("GPU-1"), fixture.granted("a").uuids());
    }

    @Test
    public void aSubLeaseIsTakenUpBeforeItsParent() {
        adopt(lease("inner", "outer", FIRST));
        adopt(lease("outer", null, FIRST, SECOND));
        fixture.with(Gpus.h100s(2));
        fixture.request(inside("outer", "a", 1));

        assertEquals(List.of("GPU-1"), fixture.granted("a").uuids());
        fixture.release("outer");
        assertEquals(0, fixture.table.leaseCount());
        assertEquals(2, fixture.view().count(DeviceState.IDLE));
    }

    @Test
    public void aSubLeaseWhoseParentNeverComesGivesItsDevicesBackToTheNode() {
        fixture.with(Gpus.h100s(2));
        adopt(lease("inner", "outer", FIRST));
        fixture.release("inner");

        assertEquals(2, fixture.view().count(DeviceState.IDLE));
    }

    @Test
    public void aSubLeaseWithADeviceThatItsParentLacksIsRefused() {
        adopt(lease("outer", null, FIRST));

        IllegalStateException refusal =
                assertThrows(IllegalStateException.class, () -> fixture.table.adopt(lease("inner", "outer", SECOND)));
        assertTrue(refusal.getMessage(), refusal.getMessage().contains("its enclosing lease outer"));
    }

    @Test
    public void twoSubLeasesOfOneDeviceAreRefused() {
        adopt(lease("outer", null, FIRST, SECOND));
        adopt(lease("a", "outer", FIRST));

        assertThrows(IllegalStateException.class, () -> fixture.table.adopt(lease("b", "outer", FIRST)));
    }

    @Test
    public void takingUpIsPossibleWhilePaused() {
        fixture.table.pause();
        fixture.with(Gpus.h100s(1));
        fixture.request("b", 1);
        adopt(lease("a", null, FIRST));
        fixture.run(fixture.table::resume);

        assertTrue(fixture.isWaiting("b"));
        assertEquals(1, fixture.table.leaseCount());
    }
}
