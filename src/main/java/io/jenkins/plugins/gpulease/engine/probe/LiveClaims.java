package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The claims that were granted and not taken back, so that a new process can take them up. Thread-safe. */
final class LiveClaims {

    private final Map<String, Claim> claims = new LinkedHashMap<>();

    synchronized void add(@NonNull Claim claim) {
        claims.put(claim.lease(), claim);
    }

    synchronized void remove(@NonNull Claim claim) {
        claims.remove(claim.lease());
    }

    synchronized boolean isEmpty() {
        return claims.isEmpty();
    }

    @NonNull
    synchronized List<Claim> all() {
        return List.copyOf(claims.values());
    }
}
