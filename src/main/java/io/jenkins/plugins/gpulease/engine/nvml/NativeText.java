package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.nio.charset.StandardCharsets;

/** Texts from a driver or the operating system: of bounded length, without control characters. */
final class NativeText {

    private NativeText() {}

    /** The text up to the first zero byte, or all of it. */
    @NonNull
    static String of(@NonNull byte[] buffer) {
        int end = 0;
        while (end < buffer.length && buffer[end] != 0) {
            end++;
        }
        return harmless(new String(buffer, 0, end, StandardCharsets.UTF_8), buffer.length);
    }

    /** The text without control characters, cut to a length. */
    @NonNull
    static String harmless(@NonNull String text, int length) {
        String printable = text.strip().replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= length ? printable : printable.substring(0, length);
    }
}
