package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * What a check found.
 *
 * @param topic what was looked at, two or three words
 * @param found for people, a sentence or two
 * @param cure what to do, for people; null where nothing is to be done
 */
public record Finding(@NonNull Severity severity, @NonNull String topic, @NonNull String found, @CheckForNull String cure)
        implements Serializable {

    private static final int LONGEST = 1000;
    private static final int MOST_NAMED = 8;

    public Finding {
        found = bounded(found);
        cure = cure == null ? null : bounded(cure);
    }

    /** Files, variables and drivers say what they like. */
    private static String bounded(String text) {
        String printable = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return printable.length() <= LONGEST ? printable : printable.substring(0, LONGEST - 1) + "…";
    }

    /** The first few of some names. */
    @NonNull
    static String names(@NonNull Collection<?> names) {
        String first = names.stream().limit(MOST_NAMED).map(Object::toString).collect(Collectors.joining(", "));
        return names.size() <= MOST_NAMED ? first : first + " and " + (names.size() - MOST_NAMED) + " more";
    }

    /** A number with its noun, such as {@code 1 GPU} or {@code 2 GPUs}. */
    @NonNull
    static String count(int number, @NonNull String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
