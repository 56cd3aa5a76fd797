package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What happened to the devices of one node: the last {@value #KEPT} events, in memory. Thread-safe. */
final class HealthLog {

    static final int KEPT = 50;

    private final Deque<HealthEvent> events = new ArrayDeque<>();
    private Map<String, DeviceView> known = new LinkedHashMap<>();

    /** The newest first. */
    @NonNull
    synchronized List<HealthEvent> events() {
        List<HealthEvent> newestFirst = new ArrayList<>(events);
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    /** Errors that the driver reported, be they the GPU's fault or the program's. */
    synchronized void xids(@NonNull List<XidEvent> reported, @NonNull Instant now) {
        for (XidEvent event : reported) {
            DeviceView device = known.get(String.valueOf(event.uuid()));
            if (device != null) {
                add(now, device.device(), Messages.HealthLog_xid(Long.toString(event.xid())));
            }
        }
    }

    /** Compares the devices with what they were before. */
    synchronized void look(@NonNull List<DeviceView> devices, @NonNull Instant now) {
        Map<String, DeviceView> before = known;
        known = new LinkedHashMap<>();
        for (DeviceView device : devices) {
            DeviceView last = before.remove(device.device().uuid());
            known.put(device.device().uuid(), device);
            if (last != null && last != device) {
                compare(last, device, now);
            }
        }
        before.values().forEach(gone -> add(now, gone.device(), Messages.HealthLog_gone()));
    }

    private void compare(DeviceView last, DeviceView device, Instant now) {
        String wrongBefore = wrong(last);
        String wrong = wrong(device);
        if (wrong != null && !wrong.equals(wrongBefore)) {
            add(now, device.device(), wrong);
        } else if (wrong == null && wrongBefore != null && device.state() != DeviceState.UNKNOWN) {
            add(now, device.device(), Messages.HealthLog_fine());
        }
    }

    /** Null if nothing is wrong, or nobody knows. */
    private static String wrong(DeviceView device) {
        if (!device.device().health().isOk()) {
            return Messages.HealthLog_sick(device.device().health().problem());
        }
        return switch (device.state()) {
            case OCCUPIED -> Messages.HealthLog_occupied(device.reason());
            case QUARANTINED -> Messages.HealthLog_quarantined(device.reason());
            case OFFERED, LEASED, RETURNING -> // one that is shared may be set aside while it is in use
                device.reason() == null ? null : Messages.HealthLog_occupied(device.reason());
            case IDLE, DRAINED, UNKNOWN -> null;
        };
    }

    private void add(Instant now, Device device, String what) {
        String name = device.isMigInstance()
                ? Messages.HealthLog_instance(Integer.toString(device.index()), device.migProfile())
                : Messages.HealthLog_gpu(Integer.toString(device.index()));
        events.add(new HealthEvent(now, name, what));
        if (events.size() > KEPT) {
            events.remove();
        }
    }
}
