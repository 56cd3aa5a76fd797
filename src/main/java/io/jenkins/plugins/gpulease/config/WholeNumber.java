package io.jenkins.plugins.gpulease.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.util.FormValidation;

/**
 * A setting that is a whole number, and what can be wrong with it in forms and in code.
 *
 * @param setting its name
 * @param least that is allowed, 0 or more
 * @param most that is allowed
 */
record WholeNumber(@NonNull String setting, int least, int most) {

    /** @throws IllegalArgumentException if it isn't allowed; the message names the setting, the value and what is allowed */
    int check(int value) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(fault(Integer.toString(value)));
        }
        return value;
    }

    private String fault(String value) {
        return Messages.WholeNumber_fault(setting, value, Integer.toString(least), Integer.toString(most));
    }

    /** @throws IllegalArgumentException likewise, also if it is no whole number */
    int parse(@CheckForNull String text) {
        String number = Util.fixNull(text).trim();
        if (!number.matches("\\d{1,9}")) {
            throw new IllegalArgumentException(fault(number));
        }
        return check(Integer.parseInt(number));
    }

    /** The same for a field of a form of administrators. */
    @NonNull
    FormValidation validate(@CheckForNull String text) {
        return AdminForm.validation(this::parse, text);
    }
}
