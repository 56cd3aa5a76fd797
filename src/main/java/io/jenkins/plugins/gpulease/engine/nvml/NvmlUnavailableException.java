package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;

/** NVML can't be used; the message is for people, with a cure. */
final class NvmlUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Inventory.Status status;
    private final boolean sessionLost;

    @CheckForNull
    private final Integer code;

    NvmlUnavailableException(@NonNull Inventory.Status status, @NonNull String message) {
        this(status, message, false, null);
    }

    private NvmlUnavailableException(Inventory.Status status, String message, boolean sessionLost, @CheckForNull Integer code) {
        super(message);
        this.status = status;
        this.sessionLost = sessionLost;
        this.code = code;
    }

    /** NVML was loaded, but refused to be initialised with one of {@link ReturnCode}. */
    @NonNull
    static NvmlUnavailableException refused(int code, @NonNull String message) {
        return new NvmlUnavailableException(Inventory.Status.FAILED, message, false, code);
    }

    /** NVML was initialised and no longer is, so it has to be initialised again. */
    @NonNull
    static NvmlUnavailableException sessionLost(@NonNull String message) {
        return new NvmlUnavailableException(Inventory.Status.FAILED, message, true, null);
    }

    boolean isSessionLost() {
        return sessionLost;
    }

    /** What NVML answered when it was to be initialised; null if that wasn't what failed. */
    @CheckForNull
    Integer code() {
        return code;
    }

    @NonNull
    Inventory.Status status() {
        return status;
    }
}
