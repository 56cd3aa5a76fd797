package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The first error of each GPU that makes it sick. What cures it ends the probe or the agent's connection as well, so until then
 * it is remembered, and over a crash of the probe's process: faults travel with each message between the two. Thread-safe.
 */
final class Faults {

    /** More GPUs than a host has. */
    private static final int MOST = 1024;

    private final Map<String, XidEvent> first = new LinkedHashMap<>();

    synchronized void add(@NonNull XidEvent event) {
        if (event.makesDeviceSick() && first.size() < MOST) {
            first.putIfAbsent(event.uuid(), event);
        }
    }

    void addAll(@NonNull List<XidEvent> events) {
        events.forEach(this::add);
    }

    @NonNull
    synchronized List<XidEvent> all() {
        return new ArrayList<>(first.values());
    }

    /** Why a GPU is sick, for people; null if it isn't. */
    @CheckForNull
    synchronized String of(@NonNull String gpu) {
        XidEvent event = first.get(gpu);
        return event == null
                ? null
                : "The driver reported Xid " + event.xid() + " at " + event.at() + ": look it up in NVIDIA's Xid catalogue, then "
                        + Health.RESET;
    }

    /** @return whether there were any */
    synchronized boolean clear() {
        boolean any = !first.isEmpty();
        first.clear();
        return any;
    }
}
