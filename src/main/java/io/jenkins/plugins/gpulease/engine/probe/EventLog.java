package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import io.jenkins.plugins.gpulease.engine.usage.OverBudget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened and is told by the next poll, numbered: errors that the driver reported, and budgets that weren't kept.
 *
 * <p>Thread-safe.
 */
final class EventLog {

    /** Of each kind. */
    private static final int KEPT = 100;

    private final LinkedHashMap<Long, XidEvent> errors = new LinkedHashMap<>();
    private final LinkedHashMap<Long, OverBudget> overBudget = new LinkedHashMap<>();
    private final Faults faults = new Faults();
    private long last;

    /** @param epochMillis now; numbers start from it, so that those of a later log are higher */
    EventLog(long epochMillis) {
        this.last = epochMillis * 1000;
    }

    synchronized void add(@NonNull XidEvent event) {
        add(errors, event);
        faults.add(event);
    }

    synchronized void add(@NonNull OverBudget event) {
        add(overBudget, event);
    }

    private <T> void add(LinkedHashMap<Long, T> events, T event) {
        events.put(++last, event);
        if (events.size() > KEPT) {
            events.remove(events.keySet().iterator().next());
        }
    }

    /**
     * The news since an event.
     *
     * @param number the last one that the caller knows; one that was never given stands for none
     * @param verdicts to go with them
     */
    @NonNull
    synchronized Status since(long number, @NonNull Map<String, Verdict> verdicts) {
        return new Status(last, news(errors, number), news(overBudget, number), verdicts);
    }

    private <T> List<T> news(LinkedHashMap<Long, T> events, long number) {
        return events.entrySet().stream()
                .filter(entry -> number > last || entry.getKey() > number)
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Those of its errors, and of an earlier log's, that make GPUs sick. */
    @NonNull
    Faults faults() {
        return faults;
    }
}
