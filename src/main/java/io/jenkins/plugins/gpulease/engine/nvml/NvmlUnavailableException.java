package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;

/** NVML can't be used; the message is for people, with a cure. */
final class NvmlUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Inventory.Status status;
    private final boolean sessionLost;

    NvmlUnavailableException(@NonNull Inventory.Status status, @NonNull String message) {
        this(status, message, false);
    }

    private NvmlUnavailableException(Inventory.Status status, String message, boolean sessionLost) {
        super(message);
        this.status = status;
        this.sessionLost = sessionLost;
    }

    /** NVML was initialised and no longer is, so it has to be initialised again. */
    @NonNull
    static NvmlUnavailableException sessionLost(@NonNull String message) {
        return new NvmlUnavailableException(Inventory.Status.FAILED, message, true);
    }

    boolean isSessionLost() {
        return sessionLost;
    }

    @NonNull
    Inventory.Status status() {
        return status;
    }
}
