package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.util.ArrayList;
import java.util.List;

/** Whether something slows GPUs down. */
final class ThrottlingCheck implements Check {

    private static final List<String> BY_HEAT = List.of("hw slowdown", "thermal", "hw thermal");
    private static final String BY_POWER_SUPPLY = "power brake";

    @NonNull
    @Override
    public String topic() {
        return "Clocks";
    }

    @Override
    public boolean isForLinux() {
        return false;
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        List<Finding> findings = new ArrayList<>();
        int looked = 0;
        for (Device gpu : machine.gpus()) {
            Reading reading = machine.reading(gpu).orElse(null);
            if (reading == null || !reading.health().isOk()) {
                continue;
            }
            looked++;
            if (!reading.throttleReasons().isEmpty()) {
                findings.add(throttled(gpu, reading));
            }
        }
        return findings.isEmpty() && looked > 0 ? List.of(ok("Nothing slows the GPUs down")) : findings;
    }

    private Finding throttled(Device gpu, Reading reading) {
        String found = Machine.name(gpu) + " is slowed down: " + String.join(", ", reading.throttleReasons())
                + (reading.temperatureCelsius() == null ? "" : ", at " + reading.temperatureCelsius() + " °C");
        if (reading.throttleReasons().contains(BY_POWER_SUPPLY)) {
            return warning(found, "The power supply asks for it: check the cables of the GPU and the machine's power budget.");
        }
        return reading.throttleReasons().stream().anyMatch(BY_HEAT::contains)
                ? warning(found, "Check fans, filters and the air around the machine; 'nvidia-smi -q -d PERFORMANCE,TEMPERATURE'"
                        + " has details.")
                : info(found, "A power limit that is reached is normal under full load; 'nvidia-smi -q -d POWER' shows it.");
    }
}
