package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A version of numbers with dots, compared number by number: a driver's ({@code 535.104.05}) or CUDA's ({@code 12.4}).
 * A missing number counts as zero, so {@code 535} is at most {@code 535.0.1}.
 *
 * @param text as it was written, 1 to 6 numbers
 */
public record DottedVersion(@NonNull String text) implements Comparable<DottedVersion>, Serializable {

    private static final Pattern FORM = Pattern.compile("\\d{1,6}(\\.\\d{1,6}){0,5}");

    public DottedVersion {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a version; write numbers with dots, such as '535.104' or '12.4'");
        }
    }

    /**
     * Reads a version, ignoring blanks around it.
     *
     * @throws IllegalArgumentException if it has another form
     */
    @NonNull
    public static DottedVersion parse(@NonNull String text) {
        return new DottedVersion(text.trim());
    }

    private int[] numbers() {
        return Arrays.stream(text.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }

    @Override
    public int compareTo(@NonNull DottedVersion other) {
        int[] mine = numbers();
        int[] theirs = other.numbers();
        int length = Math.max(mine.length, theirs.length);
        return Arrays.compare(Arrays.copyOf(mine, length), Arrays.copyOf(theirs, length));
    }

    @Override
    public String toString() {
        return text;
    }
}
