package io.jenkins.plugins.gpulease.engine.host;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.LinkedHashMap;
import java.util.Map;

/** The leases that hold one lock: a single one, or several that share it. Immutable. */
final class LockParties {

    private final Map<String, LockNote> notes;
    private final boolean sharing;

    private LockParties(Map<String, LockNote> notes, boolean sharing) {
        this.notes = notes;
        this.sharing = sharing;
    }

    static LockParties of(@NonNull String lease, @NonNull LockNote note, boolean sharing) {
        return new LockParties(Map.of(lease, note), sharing);
    }

    boolean areSharing() {
        return sharing;
    }

    boolean has(@NonNull String lease) {
        return notes.containsKey(lease);
    }

    boolean isEmpty() {
        return notes.isEmpty();
    }

    /** The note of the one that has been there for longest. */
    LockNote eldest() {
        return notes.values().iterator().next();
    }

    LockParties plus(@NonNull String lease, @NonNull LockNote note) {
        Map<String, LockNote> more = new LinkedHashMap<>(notes);
        more.putIfAbsent(lease, note);
        return new LockParties(more, sharing);
    }

    LockParties without(@NonNull String lease) {
        Map<String, LockNote> fewer = new LinkedHashMap<>(notes);
        fewer.remove(lease);
        return new LockParties(fewer, sharing);
    }
}
