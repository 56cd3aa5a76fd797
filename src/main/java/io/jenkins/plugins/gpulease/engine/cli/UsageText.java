package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.probe.TakenBack;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a command did with its GPUs and what it left on them, for people. */
final class UsageText {

    private UsageText() {}

    /** One line for all, one for each device, one for each device that isn't clean. */
    @NonNull
    static List<String> lines(@NonNull List<Device> devices, @NonNull TakenBack back, @NonNull Duration held) {
        List<String> lines = new ArrayList<>();
        lines.add("held " + count(devices.size()) + " for " + ReadableTime.of(held));
        for (Device device : devices) {
            back.usage().devices().stream()
                    .filter(usage -> usage.uuid().equals(device.uuid()))
                    .forEach(usage -> lines.add(name(device) + ": " + used(usage)));
        }
        for (Device device : devices) {
            if (back.verdicts().get(device.uuid()) != null && !back.verdicts().get(device.uuid()).isClean()) {
                lines.add(name(device) + " is not clean: " + back.verdicts().get(device.uuid()).reason());
            }
        }
        return lines;
    }

    @NonNull
    static String count(int gpus) {
        return gpus + (gpus == 1 ? " GPU" : " GPUs");
    }

    @NonNull
    static String name(@NonNull Device device) {
        return "GPU " + device.index() + " (" + device.model() + (device.migProfile() == null ? "" : " " + device.migProfile()) + ")";
    }

    private static String used(DeviceUsage usage) {
        List<String> facts = new ArrayList<>();
        facts.add("peak memory " + (usage.peakMemory() == null ? "unknown" : usage.peakMemory()));
        facts.add("mean utilisation " + (usage.meanUtilization() == null ? "unknown" : usage.meanUtilization() + " %"));
        if (usage.energyJoules() != null) {
            facts.add("energy " + energy(usage.energyJoules()));
        }
        if (usage.throttledSeconds() > 0) {
            facts.add(String.format(Locale.ROOT, "throttled for %.1f s", usage.throttledSeconds()));
        }
        return String.join(", ", facts);
    }

    private static String energy(double joules) {
        return joules < 3_600_000 / 10.0
                ? String.format(Locale.ROOT, "%.1f kJ", joules / 1_000)
                : String.format(Locale.ROOT, "%.2f kWh", joules / 3_600_000);
    }
}
