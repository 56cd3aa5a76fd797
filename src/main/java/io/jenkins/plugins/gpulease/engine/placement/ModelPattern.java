package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression searched in models' names, ignoring case, with bounded effort: it is written by whoever writes a
 * Pipeline, and some expressions need exponential time ({@code (a*)*b}). One that looks at more than
 * {@value #MAX_STEPS} characters of a name counts as not found. Thread-safe.
 *
 * <p>Where nothing is looked at, nothing can be counted ({@code (|)(|)(|)…$}), so the number of choices that an expression can
 * combine without reading is bounded by what {@link #check} allows.
 */
public final class ModelPattern {

    /** Most characters of an expression. */
    public static final int MAX_LENGTH = 200;

    /** Most groups in an expression. */
    public static final int MAX_GROUPS = 5;

    /** Most {@code |} in an expression. */
    public static final int MAX_ALTERNATIVES = 20;

    /** Hundreds of times what an ordinary expression needs for a name of 40 characters, and under a millisecond. */
    static final int MAX_STEPS = 20_000;

    /** Letters and digits that may follow a backslash; the others would look around, refer back or count. */
    private static final String ESCAPES = "dDsSwWbB";

    /** Most expressions, and most names for each, of which the answers are kept. */
    private static final int MAX_KNOWN = 100;

    private static final Map<String, ModelPattern> COMPILED = new ConcurrentHashMap<>();

    private final Pattern pattern;
    private final Map<String, Boolean> known = new ConcurrentHashMap<>(4);

    /**
     * The pattern of an expression; requests are compared often and have few different ones, so some are kept.
     *
     * @throws IllegalArgumentException as {@link #check} does
     */
    @NonNull
    public static ModelPattern of(@NonNull String regex) {
        ModelPattern known = COMPILED.get(regex);
        if (known != null) {
            return known;
        }
        if (COMPILED.size() >= MAX_KNOWN) {
            COMPILED.clear();
        }
        return COMPILED.computeIfAbsent(regex, ModelPattern::new);
    }

    /** @throws IllegalArgumentException as {@link #check} does */
    public ModelPattern(@NonNull String regex) {
        check(regex);
        pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }

    /**
     * Sees to it that a text is an expression that can be searched with bounded effort.
     *
     * @throws IllegalArgumentException if it isn't; the message says what is allowed, and continues a sentence that begins with
     *     "model"
     */
    public static void check(@NonNull String regex) {
        if (regex.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "has " + regex.length() + " characters; allowed are " + MAX_LENGTH + " at most");
        }
        String fault = fault(regex);
        if (fault != null) {
            throw new IllegalArgumentException("'" + regex + "' " + fault);
        }
    }

    @CheckForNull
    private static String fault(String regex) {
        int groups = 0;
        int alternatives = 0;
        for (int i = 0; i < regex.length(); i++) {
            switch (regex.charAt(i)) {
                case '{' -> {
                    return "contains '{'; counted repetition is not allowed";
                }
                case '\\' -> {
                    i++;
                    if (i < regex.length() && !isSimpleEscape(regex.charAt(i))) {
                        return "contains '\\" + regex.charAt(i) + "'; allowed are \\d, \\s, \\w, \\b and backslashes before punctuation";
                    }
                }
                case '(' -> {
                    groups++;
                    if (regex.startsWith("(?", i) && !regex.startsWith("(?:", i)) {
                        return "contains '(?'; of the groups that start so, only '(?:…)' is allowed";
                    }
                }
                case '|' -> alternatives++;
                default -> {} // takes part in no combination
            }
        }
        if (groups > MAX_GROUPS || alternatives > MAX_ALTERNATIVES) {
            return "has " + groups + " groups and " + alternatives + " '|'; allowed are " + MAX_GROUPS + " groups and "
                    + MAX_ALTERNATIVES + " '|'";
        }
        return malformation(regex);
    }

    private static boolean isSimpleEscape(char escaped) {
        return escaped < 0x80 && (!Character.isLetterOrDigit(escaped) || ESCAPES.indexOf(escaped) >= 0);
    }

    @CheckForNull
    private static String malformation(String regex) {
        try {
            Pattern.compile(regex);
            return null;
        } catch (PatternSyntaxException e) {
            return "is not a regular expression: " + e.getDescription() + " at " + e.getIndex();
        }
    }

    /** Whether it is found in a model's name. */
    public boolean isIn(@NonNull String model) {
        Boolean found = known.get(model);
        if (found != null) {
            return found;
        }
        if (known.size() >= MAX_KNOWN) {
            known.clear();
        }
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
