package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.List;

/** One cause that is looked at. Pure: it asks the machine and nothing else. */
interface Check {

    /** What is looked at, two or three words. */
    @NonNull
    String topic();

    /** Whether it makes sense on Linux only, with its files of devices and kernel. */
    default boolean isForLinux() {
        return true;
    }

    /**
     * Looks at the machine.
     *
     * @return nothing where there is nothing to look at
     * @throws IOException if it can't be told; so is any {@link RuntimeException}
     */
    @NonNull
    List<Finding> examine(@NonNull Machine machine) throws IOException;

    @NonNull
    default Finding problem(@NonNull String found, @NonNull String cure) {
        return new Finding(Severity.PROBLEM, topic(), found, cure);
    }

    @NonNull
    default Finding warning(@NonNull String found, @NonNull String cure) {
        return new Finding(Severity.WARNING, topic(), found, cure);
    }

    @NonNull
    default Finding info(@NonNull String found, @CheckForNull String cure) {
        return new Finding(Severity.INFO, topic(), found, cure);
    }

    @NonNull
    default Finding ok(@NonNull String found) {
        return new Finding(Severity.OK, topic(), found, null);
    }
}
