package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * Who holds a lease or waits for one: a step execution of a build, a freestyle build, or a shell command.
 *
 * @param id stable over restarts; what it means is known to who made it (for a build: its external id)
 * @param name for people, such as {@code training #12}; in one line, whatever it was made of: it goes into logs
 */
public record Holder(@NonNull String id, @NonNull String name) implements Serializable {

    private static final Pattern LINE_ENDS_AND_CONTROLS = Pattern.compile("[\\p{Cc}\\x{2028}\\x{2029}]+");

    public Holder {
        name = isPlain(name) ? name : LINE_ENDS_AND_CONTROLS.matcher(name).replaceAll(" ");
    }

    /** Which is quicker than to search for what nearly no name has. */
    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char one = name.charAt(i);
            if (one < ' ' || one > '~') {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return name;
    }
}
