package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import java.time.Instant;
import java.util.List;
import org.junit.Before;
import org.junit.Test;

public class HealthLogTest {

    private static final Instant NOW = Instant.parse("2025-01-01T00:00:00Z");

    private final HealthLog log = new HealthLog();

    @Before
    public void aDevice() {
        look(view(Gpus.h100(0), DeviceState.IDLE, null));
    }

    private static DeviceView view(Device device, DeviceState state, String reason) {
        return new DeviceView(device, state, reason, null, NOW, null, null);
    }

    private void look(DeviceView... devices) {
        log.look(List.of(devices), NOW);
    }

    private List<String> events() {
        return log.events().stream().map(event -> event.device() + " " + event.what()).toList();
    }

    @Test
    public void aDeviceThatIsFineFromTheStartIsNoEvent() {
        look(view(Gpus.h100(0), DeviceState.LEASED, null));

        assertEquals(List.of(), events());
    }

    @Test
    public void whatGoesWrongAndIsFineAgainIsTold() {
        look(view(Gpus.h100(0), DeviceState.QUARANTINED, "left-over pid 1"));
        look(view(Gpus.h100(0), DeviceState.QUARANTINED, "left-over pid 1"));
        look(view(Gpus.h100(0), DeviceState.IDLE, null));

        assertEquals(List.of("GPU 0 is fine again", "GPU 0 is in quarantine: left-over pid 1"), events());
    }

    @Test
    public void aDeviceThatGetsSickInItsLeaseIsTold() {
        look(view(Gpus.sick(Gpus.h100(0)), DeviceState.LEASED, null));

        assertEquals(List.of("GPU 0 is sick: fell off the bus"), events());
    }

    @Test
    public void aDeviceThatVanishesIsTold() {
        look();

        assertEquals(List.of("GPU 0 has vanished"), events());
    }

    @Test
    public void thatNobodyCanAskIsNotFine() {
        look(view(Gpus.h100(0), DeviceState.OCCUPIED, "pid 1"));
        look(view(Gpus.h100(0), DeviceState.UNKNOWN, "offline"));

        assertEquals(List.of("GPU 0 is occupied: pid 1"), events());
    }

    @Test
    public void errorsOfTheDriverAreToldIfTheDeviceIsKnown() {
        log.xids(List.of(new XidEvent("GPU-0", 13, NOW), new XidEvent("GPU-9", 79, NOW)), NOW);

        assertEquals(List.of("GPU 0 the driver reported Xid 13"), events());
    }

    @Test
    public void onlyTheLastAreKept() {
        for (int i = 0; i < 3 * HealthLog.KEPT; i++) {
            look(view(Gpus.h100(0), DeviceState.OCCUPIED, "pid " + i));
        }

        assertEquals(HealthLog.KEPT, events().size());
        assertEquals("GPU 0 is occupied: pid " + (3 * HealthLog.KEPT - 1), events().get(0));
    }
}
