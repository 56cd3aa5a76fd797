package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came back with a lease.
 *
 * @param verdicts for each device, by UUID
 */
public record TakenBack(@NonNull Map<String, Verdict> verdicts, @NonNull LeaseUsage usage) implements Serializable {

    public TakenBack {
        verdicts = new LinkedHashMap<>(verdicts); // Map.copyOf doesn't pass Jenkins' class filter
    }
}
