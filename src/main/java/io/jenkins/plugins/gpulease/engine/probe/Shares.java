package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The claims that share devices: those that were granted and those that are being verified, so that two of them can't both be
 * promised the last of a device's memory. Thread-safe.
 */
final class Shares {

    private final Map<String, Claim> claims = new LinkedHashMap<>();

    /** Does nothing for a claim that shares nothing. */
    synchronized void enter(@NonNull Claim claim) {
        if (claim.isShared()) {
            claims.put(claim.lease(), claim);
        }
    }

    /** Ends what its lease shares. Idempotent. */
    synchronized void leave(@NonNull Claim claim) {
        claims.remove(claim.lease());
    }

    /** @param lease one that doesn't count; null to have all */
    @NonNull
    synchronized List<Claim> on(@NonNull String uuid, @CheckForNull String lease) {
        return claims.values().stream()
                .filter(claim -> claim.uuids().contains(uuid) && !claim.lease().equals(lease))
                .toList();
    }
}
