package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression searched in models' names, ignoring case, with bounded effort: it is written by whoever writes a
 * Pipeline, and some expressions need exponential time ({@code (a*)*b}). One that looks at more than
 * {@value #MAX_STEPS} characters of a name, or nests too deeply, counts as not found. Not thread-safe.
 */
public final class ModelPattern {

    /** Longest expression, in characters. */
    public static final int MAX_LENGTH = 200;

    /** Hundreds of times what an ordinary expression needs for a name of 40 characters, and under a millisecond. */
    static final int MAX_STEPS = 20_000;

    private final Pattern pattern;
    private final Map<String, Boolean> known = new HashMap<>(4);

    /** @throws IllegalArgumentException as {@link #check} does */
    public ModelPattern(@NonNull String regex) {
        check(regex);
        pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }

    /**
     * Whether an expression can be used. Counted repetition ({@code {n}}) is not allowed: it may take for ever without
     * looking at a single character.
     *
     * @throws IllegalArgumentException if it is no regular expression, too long, or counts; the message says which, and
     *     continues a sentence that begins with "model"
     */
    public static void check(@NonNull String regex) {
        if (regex.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "has " + regex.length() + " characters; allowed are " + MAX_LENGTH + " at most");
        }
        if (regex.indexOf('{') >= 0) {
            throw new IllegalArgumentException("'" + regex + "' contains '{'; counted repetition is not allowed");
        }
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + regex + "' is not a regular expression: " + e.getDescription() + " at " + e.getIndex(), e);
        }
    }

    public boolean isIn(@NonNull String model) {
        return known.computeIfAbsent(model, this::search);
    }

    private boolean search(String model) {
        try {
            return pattern.matcher(new Counted(model, new int[1])).find();
        } catch (TooManySteps | StackOverflowError e) {
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
