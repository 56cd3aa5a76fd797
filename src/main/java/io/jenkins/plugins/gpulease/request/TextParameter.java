package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.lease.WaitTimeout;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import java.util.function.Function;

/** Parameters that are written as text, and what can be wrong with them; logs and forms say the same. */
public enum TextParameter {
    COUNT("count", DeviceRequest::parseCount),
    MIN_MEMORY("minMemory", MinMemory::check),
    MODEL("model", DeviceRequest.of(1)::withModel),
    MIN_COMPUTE_CAPABILITY("minComputeCapability", ComputeCapability::parse),
    MIN_DRIVER("minDriver", DottedVersion::parse),
    CUDA("cuda", DottedVersion::parse),
    TOPOLOGY("topology", TopologyPolicy::parse),
    MIG("mig", DeviceRequest.of(1)::withMig),
    TIMEOUT("timeout", WaitTimeout::parse);

    private final String parameter;
    private final Function<String, ?> parser;

    TextParameter(String parameter, Function<String, ?> parser) {
        this.parameter = parameter;
        this.parser = parser;
    }

    /**
     * What is wrong with a value.
     *
     * @return names the parameter, the value and what is allowed; null if the value is fine or left out
     */
    @CheckForNull
    public String fault(@CheckForNull String value) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return null;
        }
        try {
            parser.apply(text);
            return null;
        } catch (IllegalArgumentException e) {
            return named(String.valueOf(e.getMessage()));
        }
    }

    @NonNull
    private String named(String message) {
        return message.startsWith(parameter + " ") ? message : Messages.TextParameter_fault(parameter, message);
    }
}
