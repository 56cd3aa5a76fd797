package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Readings as an agent reports them, made fit for the controller: the numbers alone, within what is possible. Pure. */
final class ReportedReadings {

    private static final int HOTTEST = 1_000;

    private ReportedReadings() {}

    /**
     * Readings of the devices that were asked for, and of no others, by UUID.
     *
     * @param now the agent's clock may be wrong
     */
    @NonNull
    static Map<String, Reading> accept(
            @CheckForNull List<Reading> reported, @NonNull Collection<String> uuids, @NonNull Instant now) {
        Map<String, Reading> accepted = new LinkedHashMap<>();
        if (reported != null) {
            reported.stream()
                    .filter(reading -> reading != null && uuids.contains(reading.uuid()))
                    .limit(uuids.size())
                    .forEach(reading -> accepted.put(reading.uuid(), numbers(reading, now)));
        }
        return accepted;
    }

    private static Reading numbers(Reading reported, Instant now) {
        return new Reading(
                reported.uuid(),
                now,
                reported.memoryUsed(),
                reported.memoryFree(),
                reported.usedIncludesReserve(),
                within(reported.utilization(), 0, 100),
                within(reported.memoryUtilization(), 0, 100),
                within(reported.temperatureCelsius(), -HOTTEST, HOTTEST),
                within(reported.powerMilliwatts(), 0, Integer.MAX_VALUE),
                List.of(),
                List.of(),
                Health.OK);
    }

    @CheckForNull
    private static Integer within(@CheckForNull Integer reported, int least, int most) {
        return reported == null ? null : Integer.valueOf(Math.max(least, Math.min(most, reported)));
    }
}
