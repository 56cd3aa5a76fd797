package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a build knows of its leases: the newest {@value KeptLeases#MAX_LEASES} and all that are held.
 *
 * @param leases oldest first
 * @param forgotten number of older ones that are returned and not kept any more
 */
record LeaseRecords(@NonNull List<LeaseRecord> leases, int forgotten) {

    static final LeaseRecords NONE = new LeaseRecords(List.of(), 0);

    LeaseRecords {
        leases = List.copyOf(leases);
    }

    /** From what was stored, of which any part may be missing. */
    @NonNull
    static LeaseRecords of(@CheckForNull List<LeaseRecord> leases, @CheckForNull Integer forgotten) {
        return new LeaseRecords(
                leases == null ? List.of() : leases.stream().filter(Objects::nonNull).toList(), forgotten == null ? 0 : forgotten);
    }

    @CheckForNull
    LeaseRecord find(@NonNull String leaseId) {
        return leases.stream().filter(lease -> lease.getId().equals(leaseId)).findFirst().orElse(null);
    }

    /** With one more, and so maybe without the oldest. */
    @NonNull
    LeaseRecords with(@NonNull LeaseRecord added) {
        List<LeaseRecord> all = new ArrayList<>(leases);
        all.add(added);
        List<LeaseRecord> kept = KeptLeases.newest(all);
        return new LeaseRecords(kept, forgotten + all.size() - kept.size());
    }

    /** @param held one of these, which is returned now */
    @NonNull
    LeaseRecords ended(@NonNull LeaseRecord held, @NonNull LeaseRecord ended) {
        List<LeaseRecord> changed = new ArrayList<>(leases);
        changed.set(changed.indexOf(held), ended);
        return new LeaseRecords(KeptLeases.withNewestCourses(changed), forgotten);
    }
}
