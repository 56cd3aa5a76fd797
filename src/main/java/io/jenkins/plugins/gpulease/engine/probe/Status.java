package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has changed on a host.
 *
 * @param lastEvent number of the newest event, to be given with the next poll
 * @param events new ones, oldest first, at most the last 100
 * @param overBudget leases that used more of a shared device than they promised, since the last poll; oldest first, at most the
 *     last 100
 * @param verdicts for each device that was to be checked again, by UUID
 */
public record Status(
        long lastEvent,
        @NonNull List<XidEvent> events,
        @NonNull List<OverBudget> overBudget,
        @NonNull Map<String, Verdict> verdicts)
        implements Serializable {

    public Status {
        events = List.copyOf(events);
        overBudget = List.copyOf(overBudget);
        verdicts = new LinkedHashMap<>(verdicts); // Map.copyOf doesn't pass Jenkins' class filter
    }
}
