package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.Map;
import java.util.Properties;

/**
 * How much memory may be in use on a device that nobody uses. Some show more than others: GPUs that a hypervisor shares, and
 * those that serve as memory of their host.
 */
final class IdleMemory {

    /** Environment variable that sets it, such as {@code 2GiB}. */
    static final String VARIABLE = "GPU_LEASE_IDLE_MEMORY";

    /** System property that sets it; the environment variable wins. */
    static final String PROPERTY = "gpulease.idleMemory";

    private IdleMemory() {}

    /** @throws IllegalArgumentException naming what is set wrongly */
    @NonNull
    static MemorySize choose(@NonNull Map<String, String> environment, @NonNull Properties properties) {
        String variable = environment.get(VARIABLE);
        if (variable != null && !variable.isBlank()) {
            return parse(VARIABLE, variable);
        }
        String property = properties.getProperty(PROPERTY);
        return property == null || property.isBlank() ? Cleanliness.IDLE_MEMORY : parse(PROPERTY, property);
    }

    private static MemorySize parse(String name, String value) {
        try {
            return MemorySize.parse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }
}
