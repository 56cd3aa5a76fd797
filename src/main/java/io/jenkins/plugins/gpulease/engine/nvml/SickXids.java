package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers, until this process ends, which GPUs had an error that is not the application's fault. Thread-safe. */
final class SickXids {

    private final Map<String, XidEvent> first = new ConcurrentHashMap<>();

    void remember(@NonNull XidEvent event) {
        if (event.makesDeviceSick()) {
            first.putIfAbsent(event.uuid(), event);
        }
    }

    /** For people; null if the GPU has had no such error. */
    @CheckForNull
    String problem(@NonNull String gpu) {
        XidEvent event = first.get(gpu);
        return event == null
                ? null
                : "The driver reported Xid " + event.xid() + " at " + event.at() + ": look it up in NVIDIA's Xid catalogue;"
                        + " reset the GPU or reboot the machine, and disconnect and reconnect the agent";
    }
}
