package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the probe's process is told on its command line.
 *
 * @param library path of NVML; null to look in the usual places
 * @param simulation GPUs to simulate instead; null for real ones
 * @param loads folder of simulated loads; null for the default
 * @param locks folder of the host-wide locks; null for the default
 * @param salt tells simulated hosts on one real host apart
 * @param idleMemory what may be in use on an idle device; null for the default
 */
record ProbeArguments(
        @CheckForNull Path library,
        @CheckForNull String simulation,
        @CheckForNull Path loads,
        @CheckForNull Path locks,
        @NonNull String salt,
        @CheckForNull MemorySize idleMemory) {

    static final ProbeArguments NONE = new ProbeArguments(null, null, null, null, "", null);

    /**
     * Reads {@code --library PATH --simulate SPEC --loads FOLDER --locks FOLDER --salt TEXT --idle-memory SIZE}, all optional.
     *
     * @throws IllegalArgumentException naming what isn't one of them
     */
    @NonNull
    static ProbeArguments parse(@NonNull String... words) {
        ProbeArguments arguments = NONE;
        for (int i = 0; i < words.length; i += 2) {
            if (i + 1 == words.length) {
                throw new IllegalArgumentException("Option '" + words[i] + "' of the probe has no value");
            }
            arguments = arguments.with(words[i], words[i + 1]);
        }
        return arguments;
    }

    @NonNull
    ProbeArguments with(String option, String value) {
        return switch (option) {
            case "--library" -> new ProbeArguments(Path.of(value), simulation, loads, locks, salt, idleMemory);
            case "--simulate" -> new ProbeArguments(library, value, loads, locks, salt, idleMemory);
            case "--loads" -> new ProbeArguments(library, simulation, Path.of(value), locks, salt, idleMemory);
            case "--locks" -> new ProbeArguments(library, simulation, loads, Path.of(value), salt, idleMemory);
            case "--salt" -> new ProbeArguments(library, simulation, loads, locks, value, idleMemory);
            case "--idle-memory" -> new ProbeArguments(library, simulation, loads, locks, salt, MemorySize.parse(value));
            default -> throw new IllegalArgumentException("The probe has no option '" + option
                    + "'; it has --library, --simulate, --loads, --locks, --salt and --idle-memory, each with a value");
        };
    }

    /** As {@link #parse} reads them. */
    @NonNull
    List<String> words() {
        List<String> words = new ArrayList<>();
        add(words, "--library", library);
        add(words, "--simulate", simulation);
        add(words, "--loads", loads);
        add(words, "--locks", locks);
        add(words, "--salt", salt.isEmpty() ? null : salt);
        add(words, "--idle-memory", idleMemory == null ? null : megabytes(idleMemory));
        return words;
    }

    /** Exact, unlike what is shown to people. */
    @NonNull
    static String megabytes(@NonNull MemorySize memory) {
        return BigDecimal.valueOf(memory.bytes(), 6).toPlainString() + "MB";
    }

    private static void add(List<String> words, String option, @CheckForNull Object value) {
        if (value != null) {
            words.add(option);
            words.add(value.toString());
        }
    }
}
