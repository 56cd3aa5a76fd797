package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;

/** The probe's process ended by itself, or was killed from outside: its successor may well answer. */
final class ProbeDiedException extends ProbeException {

    private static final long serialVersionUID = 1L;

    ProbeDiedException(@NonNull String message) {
        super(message);
    }
}
