package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CUDA compute capability of a device, such as 8.0 for an A100 (CUDA C++ Programming Guide, "Compute Capabilities").
 *
 * @param major 1 or more
 * @param minor 0 to 9
 */
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability>, Serializable {

    private static final Pattern FORM = Pattern.compile("(\\d{1,3})\\.(\\d)");
    private static final Comparator<ComputeCapability> ORDER =
            Comparator.comparingInt(ComputeCapability::major).thenComparingInt(ComputeCapability::minor);

    /**
     * Reads {@code major.minor}.
     *
     * @throws IllegalArgumentException if the text has another form; the message names it and shows the right one
     */
    @NonNull
    public static ComputeCapability parse(@NonNull String text) {
        Matcher form = FORM.matcher(text.trim());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a compute capability; write major.minor, such as '8.0'");
        }
        return new ComputeCapability(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }

    @Override
    public int compareTo(@NonNull ComputeCapability other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
