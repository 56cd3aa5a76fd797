package io.jenkins.plugins.gpulease.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.util.FormValidation;
import jenkins.model.Jenkins;

/** Numbers in forms and in code, and what is wrong with them. */
final class WholeNumber {

    /** A day. */
    static final int MOST_SECONDS = 24 * 3_600;

    private WholeNumber() {}

    /** @throws IllegalArgumentException if it isn't within the limits; the message names the setting, the value and what is allowed */
    static int check(@NonNull String setting, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(fault(setting, Integer.toString(value), least, most));
        }
        return value;
    }

    private static String fault(String setting, String value, int least, int most) {
        return Messages.WholeNumber_fault(setting, value, Integer.toString(least), Integer.toString(most));
    }

    /** The same for a field of a form of administrators. */
    @NonNull
    static FormValidation validate(@NonNull String setting, @CheckForNull String text, int least, int most) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String number = Util.fixNull(text).trim();
        boolean right = number.matches("\\d{1,9}") && Integer.parseInt(number) >= least && Integer.parseInt(number) <= most;
        return right ? FormValidation.ok() : FormValidation.error(fault(setting, number, least, most));
    }
}
