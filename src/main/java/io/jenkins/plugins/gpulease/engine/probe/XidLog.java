package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Errors that the driver reported, numbered.
 *
 * <p>Thread-safe.
 */
final class XidLog {

    private static final int KEPT = 100;

    private final LinkedHashMap<Long, XidEvent> events = new LinkedHashMap<>();
    private final Faults faults = new Faults();
    private long last;

    /** @param epochMillis now; numbers start from it, so that those of a later log are higher */
    XidLog(long epochMillis) {
        this.last = epochMillis * 1000;
    }

    synchronized void add(@NonNull XidEvent event) {
        events.put(++last, event);
        if (events.size() > KEPT) {
            events.remove(events.keySet().iterator().next());
        }
        faults.add(event);
    }

    /**
     * The news since an event.
     *
     * @param number the last one that the caller knows; one that was never given stands for none
     * @param verdicts to go with them
     */
    @NonNull
    synchronized Status since(long number, @NonNull Map<String, Verdict> verdicts) {
        List<XidEvent> news = events.entrySet().stream()
                .filter(entry -> number > last || entry.getKey() > number)
                .map(Map.Entry::getValue)
                .toList();
        return new Status(last, news, verdicts);
    }

    /** Those of its errors, and of an earlier log's, that make GPUs sick. */
    @NonNull
    Faults faults() {
        return faults;
    }
}
