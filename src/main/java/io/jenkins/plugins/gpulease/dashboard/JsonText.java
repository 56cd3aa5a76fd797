package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Collection;

/** Writes one JSON object: quicker than a library that builds a tree first, and parts of it can be kept as text. Not thread-safe. */
final class JsonText {

    private final StringBuilder out;
    private boolean first = true;

    JsonText() {
        this(new StringBuilder(256));
    }

    JsonText(@NonNull StringBuilder out) {
        this.out = out.append('{');
    }

    /** A text; left out if it is null. */
    @NonNull
    JsonText put(@NonNull String name, @CheckForNull String value) {
        if (value != null) {
            quote(name(name), value);
        }
        return this;
    }

    /** A number; left out if it is null. */
    @NonNull
    JsonText put(@NonNull String name, @CheckForNull Number value) {
        if (value != null) {
            name(name).append(value);
        }
        return this;
    }

    /** Left out if it is false. */
    @NonNull
    JsonText put(@NonNull String name, boolean value) {
        if (value) {
            name(name).append("true");
        }
        return this;
    }

    @NonNull
    JsonText put(@NonNull String name, @NonNull Collection<String> texts) {
        name(name).append('[');
        boolean comma = false;
        for (String text : texts) {
            if (comma) {
                out.append(',');
            }
            comma = true;
            quote(out, text);
        }
        out.append(']');
        return this;
    }

    /** Values that are JSON already. */
    @NonNull
    JsonText putAll(@NonNull String name, @NonNull Iterable<String> values) {
        name(name).append('[');
        boolean comma = false;
        for (String value : values) {
            if (comma) {
                out.append(',');
            }
            comma = true;
            out.append(value);
        }
        out.append(']');
        return this;
    }

    private StringBuilder name(String name) {
        if (!first) {
            out.append(',');
        }
        first = false;
        quote(out, name);
        return out.append(':');
    }

    /** Ends the object. */
    @NonNull
    String end() {
        return out.append('}').toString();
    }

    /** As RFC 8259 asks for, and so that it does no harm inside HTML either. */
    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                default -> {
                    if (c < ' ' || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029 || Character.isSurrogate(c)) {
                        out.append("\\u").append(Character.forDigit(c >> 12, 16)).append(Character.forDigit(c >> 8 & 15, 16))
                                .append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
