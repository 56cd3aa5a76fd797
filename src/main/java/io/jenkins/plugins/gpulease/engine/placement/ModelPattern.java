package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A regular expression searched in models' names, ignoring case, with bounded effort: it is written by whoever writes a
 * Pipeline, and some expressions need exponential time ({@code (a*)*b}). One that looks at more than
 * {@value #MAX_STEPS} characters of a name counts as not found. Not thread-safe.
 */
final class ModelPattern {

    /** Hundreds of times what an ordinary expression needs for a name of 40 characters, and under a millisecond. */
    static final int MAX_STEPS = 20_000;

    private final Pattern pattern;
    private final Map<String, Boolean> known = new HashMap<>(4);

    ModelPattern(@NonNull String regex) {
        pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }

    boolean isIn(@NonNull String model) {
        return known.computeIfAbsent(model, this::search);
    }

    private boolean search(String model) {
        try {
            return pattern.matcher(new Counted(model, new int[1])).find();
        } catch (TooManySteps e) {
            return false;
        }
    }

    /** A text that ends a search that looks at it too often. */
    private record Counted(String text, int[] steps) implements CharSequence {

        @Override
        public char charAt(int index) {
            if (++steps[0] > MAX_STEPS) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.substring(start, end), steps);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManySteps() {
            super("", null, false, false);
        }
    }
}
