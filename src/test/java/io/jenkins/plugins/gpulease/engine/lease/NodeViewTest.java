package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.NODE;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.inside;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class NodeViewTest {

    private final TableFixture fixture = new TableFixture().with(Gpus.h100s(2));

    @Test
    public void aViewIsMadeOncePerChange() {
        NodeView before = fixture.view();
        assertSame(before, fixture.view());

        fixture.request("a", 1);

        assertTrue(fixture.view().version() > before.version());
        assertEquals(0, before.leases().size());
        assertEquals(1, fixture.view().leases().size());
    }

    @Test
    public void aChangeOfOneNodeLeavesTheViewsOfOthers() {
        fixture.table.setInventory("agent-2", Gpus.h100s(1));
        NodeView other = fixture.table.view("agent-2").orElseThrow();
        fixture.request("a", 1);

        assertSame(other, fixture.table.view("agent-2").orElseThrow());
        assertEquals(List.of(NODE, "agent-2"), fixture.table.views().stream().map(NodeView::node).toList());
    }

    @Test
    public void itTellsSinceWhenADeviceIsWhatItIs() {
        Instant scanned = fixture.device(0).since();
        fixture.passTime(Duration.ofMinutes(5));
        fixture.request("a", 1);

        assertEquals(scanned.plus(Duration.ofMinutes(5)), fixture.device(0).since());
        assertEquals(scanned, fixture.device(1).since());
        fixture.passTime(Duration.ofMinutes(1));
        fixture.with(Gpus.h100s(2));
        assertEquals(scanned, fixture.device(1).since());
    }

    @Test
    public void waitersOfAnEnclosingLeaseComeLast() {
        fixture.request("outer", 2);
        fixture.request(inside("outer", "inner", 2));
        fixture.request(inside("outer", "waits inside", 1));
        fixture.request("waits", 1);

        List<WaiterView> waiters = fixture.view().waiters();
        assertEquals(List.of("waits", "waits inside"), fixture.waiting());
        assertEquals(1, waiters.get(1).place());
        assertEquals(1, waiters.get(1).of());
    }

    @Test
    public void theTablesVersionGrowsWithEachChange() {
        long before = fixture.table.version();
        fixture.request("a", 1);
        long granted = fixture.table.version();
        fixture.release("a");

        assertTrue(granted > before);
        assertTrue(fixture.table.version() > granted);
    }

    @Test
    public void changesAreAnnouncedOnceForSeveralInARow() {
        List<String> announced = new ArrayList<>();
        fixture.table.onChange(announced::add);
        fixture.table.setUnreachable(NODE, "one");
        fixture.table.setUnreachable(NODE, "two");
        fixture.table.setUnreachable("agent-2", "three");
        fixture.executor.runAll();
        assertEquals(List.of(NODE, "agent-2"), announced);

        fixture.run(() -> fixture.table.setUnreachable(NODE, "four"));

        assertEquals(List.of(NODE, "agent-2", NODE), announced);
    }

    @Test
    public void idleDevicesCanBeAskedForWithoutARequest() {
        assertTrue(fixture.table.hasIdle(NODE, DeviceRequest.of(2)));
        assertFalse(fixture.table.hasIdle("nowhere", DeviceRequest.of(1)));
        fixture.request("a", 1);
        assertTrue(fixture.table.hasIdle(NODE, DeviceRequest.of(1)));
        assertFalse(fixture.table.hasIdle(NODE, DeviceRequest.of(2)));
        fixture.table.pause();
        assertFalse(fixture.table.hasIdle(NODE, DeviceRequest.of(1)));
    }

    @Test
    public void theTablesVersionGrowsWithRequestsForAnyNodeToo() {
        fixture.table.pause();
        long before = fixture.table.version();
        fixture.anywhere("a", 1, new ScriptedCandidates().with(NODE, 1));
        long waiting = fixture.table.version();
        assertTrue(waiting > before);

        fixture.cancel("a");
        assertTrue(fixture.table.version() > waiting);
    }
}
