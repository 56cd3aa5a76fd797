package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.NODE;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.asking;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.Test;

/** Requests for connected devices of a node with two bridged pairs. */
public class RequiredTopologyTest {

    private static final DeviceRequest PAIR = DeviceRequest.of(2).withTopology(TopologyPolicy.REQUIRED);

    private final TableFixture fixture = new TableFixture().with(bridgedPairs());

    private static Inventory bridgedPairs() {
        Inventory any = Gpus.h100s(4);
        List<String> uuids = any.devices().stream().map(device -> device.uuid()).toList();
        List<List<Link>> links = IntStream.range(0, 4)
                .mapToObj(row -> IntStream.range(0, 4).mapToObj(column -> link(row, column)).toList())
                .toList();
        return new Inventory(any.status(), null, any.devices(), new Topology(uuids, links), any.driverVersion(), any.cudaVersion(),
                any.takenAt());
    }

    private static Link link(int row, int column) {
        if (row == column) {
            return new Link(Interconnect.SAME_BOARD, 0);
        }
        return row / 2 == column / 2 ? new Link(Interconnect.NVLINK, 4) : new Link(Interconnect.SYSTEM, 0);
    }

    private void requestPair() {
        fixture.request(asking("pair", PAIR));
    }

    @Test
    public void theyWaitForAPairWhileOthersAreIdle() {
        fixture.request("one", 1);
        fixture.request(asking("other", PAIR));
        fixture.request("two", 1);
        fixture.release("other");
        fixture.request("three", 1);
        requestPair();

        assertEquals(List.of("GPU-2", "GPU-3"), fixture.granted("other").uuids());
        assertEquals(List.of("GPU-1"), fixture.granted("two").uuids());
        assertTrue(fixture.isWaiting("pair"));
        fixture.release("two");
        assertTrue(fixture.isWaiting("pair"));
        fixture.release("one");
        assertEquals(List.of("GPU-0", "GPU-1"), fixture.granted("pair").uuids());
    }

    @Test
    public void whatTheNodeCanNeverConnectFailsAtOnce() {
        fixture.request(asking("three", DeviceRequest.of(3).withTopology(TopologyPolicy.REQUIRED)));

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("three").kind());
        assertTrue(fixture.failure("three").message().startsWith("agent-1 has 4 GPUs that suit, at most 2 of them connected so"));
    }

    @Test
    public void nothingIsKeptForAPairThatCantComeAboutNow() {
        fixture.run(() -> fixture.table.observe(
                NODE, Map.of("GPU-1", Verdict.occupied("in use by pid 1", List.of()), "GPU-3", Verdict.occupied("in use by pid 2", List.of()))));
        requestPair();
        for (int i = 0; i < LeaseTable.DEFAULT_MAX_OVERTAKES + 3; i++) {
            fixture.request("small" + i, 1);
            assertTrue("small" + i, fixture.isGranted("small" + i));
            fixture.release("small" + i);
        }

        fixture.run(() -> fixture.table.observe(NODE, Map.of("GPU-3", Verdict.CLEAN)));
        assertEquals(List.of("GPU-2", "GPU-3"), fixture.granted("pair").uuids());
    }
}
