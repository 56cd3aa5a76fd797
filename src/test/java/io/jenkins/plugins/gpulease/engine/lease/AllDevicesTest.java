package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.asking;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.onlyIfIdle;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.util.List;
import org.junit.Test;

/** Requests for all matching devices of a node. */
public class AllDevicesTest {

    private static final DeviceRequest ALL = DeviceRequest.of(DeviceRequest.ALL);

    private final TableFixture fixture =
            new TableFixture().with(Gpus.inventory(Gpus.t4(0), Gpus.h100(1), Gpus.h100(2), Gpus.sick(Gpus.h100(3))));

    @Test
    public void theyGetAllThatMatchAndAreHealthy() {
        fixture.request(asking("h100s", ALL.withModel("H100")));
        assertEquals(List.of("GPU-1", "GPU-2"), fixture.granted("h100s").uuids());

        fixture.release("h100s");
        fixture.request(asking("all", ALL));
        assertEquals(List.of("GPU-0", "GPU-1", "GPU-2"), fixture.granted("all").uuids());
    }

    @Test
    public void theyWaitForTheLastOne() {
        fixture.request(asking("one", DeviceRequest.of(1).withModel("H100")));
        fixture.request(asking("all", ALL));
        assertTrue(fixture.isWaiting("all"));

        fixture.release("one");
        assertTrue(fixture.isGranted("all"));
    }

    @Test
    public void theyAreOvertakenOnlySoOften() {
        fixture.request("first", 1);
        fixture.request(asking("all", ALL));
        for (int i = 0; i < LeaseTable.DEFAULT_MAX_OVERTAKES; i++) {
            fixture.request("small" + i, 1);
            fixture.release("small" + i);
        }
        fixture.request("late", 1);

        assertTrue(fixture.isWaiting("late"));
        fixture.release("first");
        assertTrue(fixture.isGranted("all"));
    }

    @Test
    public void whatNoDeviceMatchesIsImpossible() {
        fixture.request(asking("all", ALL.withModel("V100")));

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("all").kind());
        assertTrue(fixture.failure("all").message().startsWith("agent-1 has 4 GPUs, none of them suits: all GPUs with model 'V100' asked"));
    }

    @Test
    public void insideALeaseTheyGetAllOfItsDevices() {
        fixture.request("outer", 2);
        fixture.request(new LeaseRequest("inner", TableFixture.NODE, ALL, new Holder("inner", "inner"), 0, "outer", false));

        assertEquals(fixture.granted("outer").uuids(), fixture.granted("inner").uuids());
    }

    @Test
    public void whoDoesntWantToWaitFailsWhileAnyIsBusy() {
        fixture.request("one", 1);
        fixture.request(onlyIfIdle(asking("all", ALL)));

        assertEquals(LeaseFailure.Kind.BUSY, fixture.failure("all").kind());
    }
}
