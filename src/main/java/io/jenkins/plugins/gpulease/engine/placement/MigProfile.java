package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of MIG profiles (NVIDIA Multi-Instance GPU User Guide, "MIG Device Names"): slices and memory of the GPU instance, in front
 * of them the compute slices where they are fewer, behind them what else it has, such as {@code 1g.10gb}, {@code 1c.3g.20gb},
 * {@code 1g.5gb+me}.
 */
final class MigProfile {

    private static final Pattern FORM = Pattern.compile("(?:(\\d{1,2})c\\.)?(\\d{1,2})g\\.\\d{1,4}gb((?:[+-][a-z]{2,4}(?:\\.[a-z]{2,4})?){0,3})");

    private MigProfile() {}

    /**
     * Sees to it that a text is a profile's name, or {@link DeviceRequest#ANY_MIG}.
     *
     * @return the same in lower case
     * @throws IllegalArgumentException if it isn't; the message names the parameter, the value and what is allowed
     */
    @NonNull
    static String check(@NonNull String text) {
        String profile = text.trim().toLowerCase(Locale.ROOT);
        if (!profile.equals(DeviceRequest.ANY_MIG) && !FORM.matcher(profile).matches()) {
            throw new IllegalArgumentException("mig '" + text
                    + "' is no MIG profile; allowed are 'any' and profiles as nvidia-smi -L shows them, such as '1g.10gb'");
        }
        return profile;
    }

    /**
     * How much of a GPU's computing power an instance has, for comparing: compute slices, and of equal ones those without media
     * engines first.
     *
     * @return 0 for names that aren't known
     */
    static int power(@NonNull String profile) {
        Matcher form = FORM.matcher(profile.trim().toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            return 0;
        }
        int slices = Integer.parseInt(form.group(1) == null ? form.group(2) : form.group(1));
        return 2 * slices + (form.group(3).startsWith("+") ? 1 : 0);
    }
}
