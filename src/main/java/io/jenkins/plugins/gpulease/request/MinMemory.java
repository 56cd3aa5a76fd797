package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.math.BigDecimal;

/** The parameter {@code minMemory} as people write it: an amount, or {@code auto}. Pure functions. */
final class MinMemory {

    /** Stands for what isn't known yet where only the other parameters are checked. */
    static final MemorySize SOME = MemorySize.ofMib(1);

    private static final String AUTO = "auto";
    private static final int MEGA = 6;

    private MinMemory() {}

    static boolean isAuto(@CheckForNull String text) {
        return text != null && text.trim().equalsIgnoreCase(AUTO);
    }

    /** @throws IllegalArgumentException if it is neither; the message names the text and shows the right form */
    @NonNull
    static String check(@NonNull String text) {
        if (!isAuto(text)) {
            try {
                MemorySize.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(Messages.MinMemory_orAuto(e.getMessage()), e);
            }
        }
        return text;
    }

    /** As a text that {@link MemorySize#parse} reads back without a loss; what people read is rounded. */
    @NonNull
    static String exact(@NonNull MemorySize memory) {
        return BigDecimal.valueOf(memory.bytes()).movePointLeft(MEGA).toPlainString() + " MB";
    }
}
