package io.jenkins.plugins.gpulease.engine.placement;

/** What all pairs of a set have to have in common; symmetric. */
@FunctionalInterface
interface Relation {

    /** Nothing. */
    Relation NONE = (candidate, other) -> true;

    boolean holds(int candidate, int other);

    /** Whether it holds for all pairs of candidates. */
    default boolean holdsForAll(int candidates) {
        for (int i = 0; i < candidates; i++) {
            for (int j = i + 1; j < candidates; j++) {
                if (!holds(i, j)) {
                    return false;
                }
            }
        }
        return true;
    }
}
