package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of one attempt to get devices.
 *
 * @param devices locked and verified; empty if the attempt failed
 * @param obstacles why not others, for people, by UUID
 */
record Attempt(@NonNull List<Device> devices, @NonNull Map<String, String> obstacles) {

    Attempt {
        devices = List.copyOf(devices);
        obstacles = new LinkedHashMap<>(obstacles);
    }

    boolean succeeded() {
        return !devices.isEmpty();
    }
}
