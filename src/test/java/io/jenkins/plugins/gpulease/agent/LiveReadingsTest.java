package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class LiveReadingsTest {

    private final LiveReadings readings = new LiveReadings();
    private final Instant now = Instant.now();

    private static NodeView node(boolean leased) {
        Device gpu = Gpus.h100(0);
        DeviceView view = new DeviceView(gpu, DeviceState.IDLE, null, null, Gpus.SCANNED, null, null);
        Lease lease = new Lease("1", "a", List.of(gpu), null, new Holder("1", "1"), null, Gpus.SCANNED, Gpus.SCANNED);
        return new NodeView("a", 1, Gpus.h100s(1), null, List.of(view), leased ? List.of(lease) : List.of(), List.of());
    }

    @Test
    public void nothingIsReadWhileNobodyLooks() {
        assertEquals(List.of(), readings.due(node(true), now));
        readings.want();
        assertEquals(List.of("GPU-0"), readings.due(node(true), now));
        assertEquals(List.of(), readings.due(node(true), now.plus(Duration.ofMinutes(1))));
    }

    @Test
    public void nodesWhereNothingIsLeasedAreReadLessOften() {
        readings.want();
        readings.put("a", Map.of(), now.minusSeconds(10));
        assertEquals(List.of(), readings.due(node(false), now));
        assertEquals(List.of("GPU-0"), readings.due(node(true), now));

        readings.put("a", Map.of(), now.minusSeconds(31));
        assertEquals(List.of("GPU-0"), readings.due(node(false), now));
    }

    @Test
    public void eachReadingIsAnotherVersion() {
        long before = readings.version();
        readings.put("a", Map.of(), now);

        assertTrue(readings.version() > before);
    }
}
