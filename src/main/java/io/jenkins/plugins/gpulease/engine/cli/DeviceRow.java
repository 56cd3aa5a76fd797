package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.util.Locale;

/**
 * A device as the command line shows it.
 *
 * @param detail who has it, or what is wrong, for people; null if it is idle
 */
record DeviceRow(@NonNull Device device, @NonNull Reading reading, @NonNull State state, @CheckForNull String detail) {

    /** Where a device stands on this host. */
    enum State {
        IDLE("idle"),
        LEASED("leased by "),
        OCCUPIED(""),
        SICK("sick: "),
        /** A GPU that is only the frame for its MIG instances. */
        DIVIDED("in MIG mode, its instances can be leased");

        private final String words;

        State(String words) {
            this.words = words;
        }

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code leased by …}, {@code in use by pid …}, {@code sick: …}. */
    @NonNull
    String stateText() {
        return detail == null ? state.words : state.words + detail;
    }

    /** {@code 3}, or {@code 3 1g.10gb} for a MIG instance. */
    @NonNull
    String number() {
        return device.index() + (device.migProfile() == null ? "" : " " + device.migProfile());
    }
}
