package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.TIMEOUT;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Waits for errors that the driver reports of GPUs; the driver can do so on Linux only. For one session. Thread-safe. */
final class XidWatch {

    private static final Logger LOGGER = Logger.getLogger(XidWatch.class.getName());

    /** {@code nvmlEventTypeXidCriticalError}. */
    private static final long XID = 0x8;

    /** {@code nvmlEventData_t}: device at 0, type at 8, data (here the Xid) at 16. */
    private static final int EVENT_SIZE = 32;

    private final Nvml nvml;
    private final HandleLookup lookup;
    private List<String> watched = List.of();
    private final Map<Pointer, String> uuids = new HashMap<>();
    private Pointer set;

    XidWatch(@NonNull Nvml nvml, @NonNull HandleLookup lookup) {
        this.nvml = nvml;
        this.lookup = lookup;
    }

    /** What waiting gave: an event, nothing in time, or the knowledge that waiting again at once makes no sense. */
    record Outcome(@CheckForNull XidEvent event, boolean able) {

        private static final Outcome NOTHING = new Outcome(null, true);
        static final Outcome UNABLE = new Outcome(null, false);
    }

    /**
     * Waits for an error of one of some GPUs.
     *
     * @param gpus UUIDs, sorted; no MIG instances, which have no events of their own
     */
    @NonNull
    synchronized Outcome await(@NonNull List<String> gpus, int millis) {
        if (!gpus.equals(watched) || set == null) {
            watch(gpus);
        }
        if (uuids.isEmpty()) {
            return Outcome.UNABLE;
        }
        try (Memory event = new Memory(EVENT_SIZE)) {
            event.clear();
            int code = nvml.nvmlEventSetWait_v2(set, event, millis);
            if (code == SUCCESS) {
                return outcome(event);
            }
            if (code == TIMEOUT) {
                return Outcome.NOTHING;
            }
            LOGGER.log(Level.FINE, "Waiting for Xid events failed: {0}", ReturnCode.describe(code));
            free();
            return Outcome.UNABLE;
        }
    }

    private Outcome outcome(Memory event) {
        String uuid = uuids.get(event.getPointer(0));
        boolean isXid = (event.getLong(8) & XID) != 0;
        return uuid == null || !isXid ? Outcome.NOTHING : new Outcome(new XidEvent(uuid, event.getLong(16), Instant.now()), true);
    }

    private void watch(List<String> gpus) {
        free();
        watched = gpus;
        PointerByReference created = new PointerByReference();
        int code = gpus.isEmpty() ? TIMEOUT : nvml.nvmlEventSetCreate(created);
        if (code != SUCCESS) {
            return;
        }
        set = created.getValue();
        for (String uuid : gpus) {
            NvmlDevice device = lookup.byUuid(uuid).device();
            if (device != null && nvml.nvmlDeviceRegisterEvents(device.handle(), XID, set) == SUCCESS) {
                uuids.put(device.handle(), uuid);
            }
        }
        LOGGER.log(Level.FINE, "Watching {0} of {1} GPUs for Xid events", new Object[] {uuids.size(), gpus.size()});
    }

    private void free() {
        if (set != null) {
            nvml.nvmlEventSetFree(set);
        }
        set = null;
        uuids.clear();
    }
}
