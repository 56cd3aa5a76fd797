package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Judges devices that come back. The driver needs a moment to clean up behind a process that was killed, so a device that is
 * still in use is looked at again before it is called dirty; a clean one costs no further look.
 */
final class Leftovers {

    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final Duration STEP = Duration.ofMillis(50);

    private final Examiner examiner;

    Leftovers(@NonNull Examiner examiner) {
        this.examiner = examiner;
    }

    /**
     * @param readings the first look at each device
     * @param standards what each device is judged by, by UUID
     * @return a verdict for each device, by UUID
     */
    @NonNull
    Map<String, Verdict> judge(@NonNull Map<String, Reading> readings, @NonNull Function<String, Standard> standards) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        readings.forEach((uuid, reading) -> verdicts.put(uuid, examiner.judge(reading, standards.apply(uuid))));
        long patientUntil = System.nanoTime() + PATIENCE.toNanos();
        while (isAnyOccupied(verdicts) && System.nanoTime() - patientUntil < 0 && pause()) {
            verdicts.replaceAll((uuid, verdict) ->
                    isOccupied(verdict) ? examiner.judge(examiner.read(uuid), standards.apply(uuid)) : verdict);
        }
        return verdicts;
    }

    private static boolean isAnyOccupied(Map<String, Verdict> verdicts) {
        return verdicts.values().stream().anyMatch(Leftovers::isOccupied);
    }

    private static boolean isOccupied(Verdict verdict) {
        return verdict.condition() == Verdict.Condition.OCCUPIED;
    }

    private static boolean pause() {
        try {
            Thread.sleep(STEP.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
