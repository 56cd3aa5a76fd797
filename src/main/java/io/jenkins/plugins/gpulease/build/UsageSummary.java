package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * What all devices of a lease did together. Null means that nobody could tell.
 *
 * @param peakMemory of the device that used most
 * @param meanMemory over the devices
 * @param meanUtilization 0 to 100 %, over the devices
 * @param energyJoules of all devices
 */
public record UsageSummary(
        @CheckForNull MemorySize peakMemory,
        @CheckForNull MemorySize meanMemory,
        @CheckForNull Integer meanUtilization,
        @CheckForNull Double energyJoules) {

    private static final double JOULES_PER_WATT_HOUR = 3_600;

    @NonNull
    public static UsageSummary of(@NonNull LeaseUsage usage) {
        OptionalDouble mean = doubles(usage, DeviceUsage::meanMemory, MemorySize::bytes).stream()
                .mapToDouble(Double::doubleValue).average();
        OptionalDouble utilization = doubles(usage, DeviceUsage::meanUtilization, Integer::doubleValue).stream()
                .mapToDouble(Double::doubleValue).average();
        List<Double> energies = doubles(usage, DeviceUsage::energyJoules, Double::doubleValue);
        return new UsageSummary(
                usage.devices().stream().map(DeviceUsage::peakMemory).filter(Objects::nonNull)
                        .max(MemorySize::compareTo).orElse(null),
                mean.isPresent() ? MemorySize.ofBytes(Math.round(mean.getAsDouble())) : null,
                utilization.isPresent() ? (int) Math.round(utilization.getAsDouble()) : null,
                energies.isEmpty() ? null : energies.stream().mapToDouble(Double::doubleValue).sum());
    }

    private static <T> List<Double> doubles(
            LeaseUsage usage, Function<DeviceUsage, T> component, Function<T, ? extends Number> number) {
        return usage.devices().stream()
                .map(component)
                .filter(Objects::nonNull)
                .map(value -> number.apply(value).doubleValue())
                .toList();
    }

    /** The energy for people: {@code 210 Wh}, {@code 3.4 Wh}, {@code 0.02 Wh}; null if unknown. */
    @CheckForNull
    public String energy() {
        if (energyJoules == null) {
            return null;
        }
        double wattHours = energyJoules / JOULES_PER_WATT_HOUR;
        int digits = wattHours < 0.005 ? 0 : wattHours < 1 ? 2 : wattHours < 10 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + digits + "f Wh", wattHours);
    }
}
