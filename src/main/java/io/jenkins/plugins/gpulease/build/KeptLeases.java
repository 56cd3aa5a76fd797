package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;

/** What a build keeps of its leases: all of them are read and written at a time. Pure. */
final class KeptLeases {

    /** Leases that are kept, apart from those that are held. */
    static final int MAX_LEASES = 100;

    /** Devices whose courses are kept: at most 2.8 KB each, so 90 KB a build. */
    static final int MAX_COURSES = 32;

    private KeptLeases() {}

    /** Without the oldest that are returned, if there are too many. */
    @NonNull
    static List<LeaseRecord> newest(@NonNull List<LeaseRecord> leases) {
        int surplus = leases.size() - MAX_LEASES;
        List<LeaseRecord> kept = new ArrayList<>();
        for (LeaseRecord lease : leases) {
            if (surplus > 0 && !lease.isHeld()) {
                surplus--;
            } else {
                kept.add(lease);
            }
        }
        return kept;
    }

    /** The same leases, of which only the newest have courses. */
    @NonNull
    static List<LeaseRecord> withNewestCourses(@NonNull List<LeaseRecord> leases) {
        List<LeaseRecord> kept = new ArrayList<>(leases);
        int left = MAX_COURSES;
        for (int i = kept.size() - 1; i >= 0; i--) {
            LeaseRecord lease = kept.get(i).withCourses(left);
            left -= lease.courses();
            kept.set(i, lease);
        }
        return kept;
    }
}
