package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The leases that a process was started in.
 *
 * @param leases their ids, the innermost first: a program in a sub-lease belongs to the enclosing lease as well
 * @param told whether the process itself could be asked; without it, having no leases means nothing
 */
public record ProcessOwner(@NonNull List<String> leases, boolean told) {

    static final ProcessOwner UNKNOWN = new ProcessOwner(List.of(), false);

    public ProcessOwner {
        leases = List.copyOf(leases);
    }

    /** Nobody can tell whether it belongs to a lease. */
    public boolean isUnknown() {
        return leases.isEmpty() && !told;
    }

    /** The innermost of its leases that is one of these. */
    @NonNull
    public Optional<String> among(@NonNull Collection<String> candidates) {
        return leases.stream().filter(candidates::contains).findFirst();
    }
}
