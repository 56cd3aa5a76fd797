package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;

/** The probe gave no answer: it hung, died, or can't be started. The message says which and what to do. */
public class ProbeException extends IOException {

    private static final long serialVersionUID = 1L;

    public ProbeException(@NonNull String message) {
        super(message);
    }

    public ProbeException(@NonNull String message, Throwable cause) {
        super(message, cause);
    }
}
