package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory.
 *
 * @param bytes 0 or more
 */
public record MemorySize(long bytes) implements Comparable<MemorySize>, Serializable {

    public static final MemorySize ZERO = new MemorySize(0);

    private static final long MIB = 1L << 20;
    private static final Pattern FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)\\s*([A-Za-z]*)");

    /** Decimal units are powers of ten, binary units powers of two (IEC 80000-13). */
    private static final Map<String, Long> UNITS = Map.of(
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "tb", 1_000_000_000_000L,
            "mib", MIB,
            "gib", 1L << 30,
            "tib", 1L << 40);

    public MemorySize {
        if (bytes < 0) {
            throw new IllegalArgumentException("An amount of memory can't be negative: " + bytes + " bytes");
        }
    }

    /**
     * Reads a number with a unit, such as {@code 16 GB}, {@code 512MiB} or {@code 1.5 GiB}.
     *
     * @throws IllegalArgumentException if the text has no unit, an unknown unit, or is no positive number; the message
     *     names the text and shows the right form
     */
    @NonNull
    public static MemorySize parse(@NonNull String text) {
        Matcher form = FORM.matcher(text.trim());
        if (!form.matches()) {
            throw malformed(text, "is not an amount of memory");
        }
        if (form.group(2).isEmpty()) {
            throw malformed(text, "has no unit");
        }
        Long unit = UNITS.get(form.group(2).toLowerCase(Locale.ROOT));
        if (unit == null) {
            throw malformed(text, "has the unknown unit '" + form.group(2) + "'");
        }
        BigDecimal bytes = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit));
        if (bytes.signum() == 0) {
            throw malformed(text, "is zero");
        }
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw malformed(text, "is too large");
        }
        return new MemorySize(bytes.setScale(0, RoundingMode.CEILING).longValueExact());
    }

    private static IllegalArgumentException malformed(String text, String fault) {
        return new IllegalArgumentException("'" + text + "' " + fault
                + "; write a number with a unit, such as '16 GB' or '16 GiB' (MB, GB, TB: powers of ten; MiB, GiB, TiB: powers of two)");
    }

    @NonNull
    public static MemorySize ofBytes(long bytes) {
        return new MemorySize(bytes);
    }

    @NonNull
    public static MemorySize ofMib(long mib) {
        return new MemorySize(Math.multiplyExact(mib, MIB));
    }

    /** Whole mebibytes, rounded down. */
    public long mib() {
        return bytes / MIB;
    }

    @NonNull
    public MemorySize plus(@NonNull MemorySize other) {
        return new MemorySize(Math.addExact(bytes, other.bytes));
    }

    /** The difference, or zero if {@code other} is larger. */
    @NonNull
    public MemorySize minus(@NonNull MemorySize other) {
        return new MemorySize(Math.max(0, bytes - other.bytes));
    }

    public boolean isAtLeast(@NonNull MemorySize other) {
        return bytes >= other.bytes;
    }

    @Override
    public int compareTo(@NonNull MemorySize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** For people, in the kind of unit it was probably written in: {@code 40 GB}, {@code 79.6 GiB}, {@code 512 MiB}. */
    @Override
    public String toString() {
        if (bytes % MIB != 0 && bytes % 100_000_000L == 0) {
            return amount(1_000_000_000L) + " GB";
        }
        return bytes < 1L << 30 ? mib() + " MiB" : amount(1L << 30) + " GiB";
    }

    private String amount(long unit) {
        return BigDecimal.valueOf(bytes)
                .divide(BigDecimal.valueOf(unit), 1, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
