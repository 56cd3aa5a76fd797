package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;

/** What a device is judged by. A sick one is sick by any standard. */
interface Standard {

    /**
     * Judges a healthy device by how it is used.
     *
     * @param total memory of the device; null if unknown
     */
    @NonNull
    Verdict judgeUse(@NonNull Reading reading, @CheckForNull MemorySize total);

    /**
     * @param fault an error of the device that is remembered; null if there is none
     * @param total memory of the device; null if unknown
     */
    @NonNull
    default Verdict judge(@NonNull Reading reading, @CheckForNull String fault, @CheckForNull MemorySize total) {
        if (!reading.health().isOk()) {
            return Verdict.sick(reading.health().problem());
        }
        return fault == null ? judgeUse(reading, total) : Verdict.sick(fault);
    }
}
