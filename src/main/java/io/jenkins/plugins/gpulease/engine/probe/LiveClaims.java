package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The claims that were granted and not taken back: the youngest one of each lease. What was taken back is remembered, so that a
 * claim that was overtaken by its own end isn't granted any more. Thread-safe.
 */
final class LiveClaims {

    /** More than can be on their way at a time. */
    static final int REMEMBERED = 1000;

    private final Map<String, Claim> claims = new LinkedHashMap<>();

    /** By lease, the number up to which its claims were taken back; the latest last. */
    private final LinkedHashMap<String, Long> takenBack = new LinkedHashMap<>();

    /** @return false if the claim was taken back, or a younger one granted, before: then nothing is added */
    synchronized boolean add(@NonNull Claim claim) {
        if (isOutdated(claim)) {
            return false;
        }
        claims.put(claim.lease(), claim);
        return true;
    }

    /** @return false if a younger claim was granted, which stays */
    synchronized boolean remove(@NonNull Claim claim) {
        Claim live = claims.get(claim.lease());
        if (live != null && live.number() > claim.number()) {
            return false;
        }
        claims.remove(claim.lease());
        Long before = takenBack.remove(claim.lease());
        takenBack.put(claim.lease(), before == null ? claim.number() : Math.max(before, claim.number()));
        if (takenBack.size() > REMEMBERED) {
            takenBack.remove(takenBack.keySet().iterator().next());
        }
        return true;
    }

    /** Whether it is too late to grant the claim. */
    synchronized boolean isOutdated(@NonNull Claim claim) {
        Claim live = claims.get(claim.lease());
        Long end = takenBack.get(claim.lease());
        return live != null && live.number() > claim.number() || end != null && end >= claim.number();
    }

    /** @throws ProbeException if it is too late to grant the claim */
    void refuseOutdated(@NonNull Claim claim) throws ProbeException {
        if (isOutdated(claim)) {
            throw new ProbeException("Lease " + claim.lease() + " was taken back or claimed anew before its devices " + claim.uuids()
                    + " could be handed out");
        }
    }

    /**
     * Ends an older claim of the same lease: a hand-out whose answer didn't come in time may be followed by another one, of other
     * devices.
     *
     * @return the older one; null if there is none
     */
    @CheckForNull
    synchronized Claim endOlder(@NonNull Claim claim) {
        Claim live = claims.get(claim.lease());
        return live != null && live.number() < claim.number() && remove(live) ? live : null;
    }

    synchronized boolean isEmpty() {
        return claims.isEmpty();
    }

    @NonNull
    synchronized List<Claim> all() {
        return List.copyOf(claims.values());
    }
}
