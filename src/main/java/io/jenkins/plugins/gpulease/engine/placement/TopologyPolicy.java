package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Locale;

/** How much it matters to a request how its devices are connected. */
public enum TopologyPolicy {
    /** Not at all: the badly connected devices do, and the others are left for who needs them. */
    ANY,
    /** Of the devices that waste least, those that are connected best. */
    PREFERRED,
    /** All pairs over NVLink or NVSwitch, or all devices under one PCIe switch, or none. */
    REQUIRED;

    /**
     * Reads a policy's name, ignoring case.
     *
     * @throws IllegalArgumentException if it isn't one; the message names the parameter, the value and what is allowed
     */
    @NonNull
    public static TopologyPolicy parse(@NonNull String text) {
        for (TopologyPolicy policy : values()) {
            if (policy.toString().equals(text.trim().toLowerCase(Locale.ROOT))) {
                return policy;
            }
        }
        throw new IllegalArgumentException("topology '" + text + "' is not known; allowed are 'any', 'preferred' and 'required'");
    }

    /** As it is written in a request: {@code preferred}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
