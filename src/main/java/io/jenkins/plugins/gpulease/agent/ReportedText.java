package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.regex.Pattern;

/** Text that an agent reports: bounded, and free of characters that could forge a line of a log or turn its direction. */
final class ReportedText {

    private static final int MAX_REASON = 500;
    private static final int MAX_FINDING = 1000;
    private static final int MAX_NAME = 96; // NVML's buffer for a device's name (NVML_DEVICE_NAME_V2_BUFFER_SIZE)
    private static final int MAX_COMMAND = 200;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}\\p{Zl}\\p{Zp}]");
    private static final Pattern UUID = Pattern.compile("[A-Za-z0-9/-]{1,120}");

    private ReportedText() {}

    static boolean isUuid(@CheckForNull String text) {
        return text != null && UUID.matcher(text).matches();
    }

    @NonNull
    static String reason(@CheckForNull String text) {
        return printable(text, MAX_REASON, "The agent gave no reason");
    }

    @NonNull
    static String finding(@CheckForNull String text) {
        return printable(text, MAX_FINDING, "?");
    }

    @NonNull
    static String name(@CheckForNull String text) {
        return printable(text, MAX_NAME, "unknown");
    }

    @CheckForNull
    static String command(@CheckForNull String text) {
        return text == null ? null : printable(text, MAX_COMMAND, "?");
    }

    private static String printable(@CheckForNull String text, int longest, String otherwise) {
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        String head = text.length() > 2 * longest ? text.substring(0, 2 * longest) : text;
        String clean = UNPRINTABLE.matcher(head).replaceAll(" ").strip();
        return clean.isEmpty() ? otherwise : clean.length() <= longest ? clean : clean.substring(0, longest - 1) + "…";
    }
}
